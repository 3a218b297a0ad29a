import { expect, test } from "vitest";
import { createFaultQueue, refusedByFault } from "./faults.js";
import { customerIds, openSimulator } from "./test-client.js";

const text = { content: "喵" };
const body = { external_userid: ["wm1"], text };

test("strikes after the first calls, as often as asked, on a name, a path or everything", () => {
  const queue = createFaultQueue();
  const kinds = (path: string, calls: number) => Array.from({ length: calls }, () => queue.take(path)?.kind);
  queue.push({ on: "add_msg_template", kind: "reset", after: 1, times: 2 });
  expect(kinds("/cgi-bin/gettoken", 1)).toEqual([undefined]);
  expect(kinds("/cgi-bin/externalcontact/add_msg_template", 4)).toEqual([undefined, "reset", "reset", undefined]);
  queue.push({ on: "/cgi-bin/gettoken", kind: "busy" }, { on: "*", kind: "html", times: "always" });
  expect(kinds("/cgi-bin/gettoken", 3)).toEqual(["busy", "html", "html"]);
  expect(queue.waiting()).toHaveLength(1);
  queue.clear();
  expect(kinds("/cgi-bin/gettoken", 1)).toEqual([undefined]);
});

test("refuses a malformed fault", () => {
  // @ts-expect-error an unknown kind
  expect(() => createFaultQueue().push({ on: "*", kind: "explode" })).toThrow();
});

test("takes an exact share of people, spread over the list", () => {
  const ids = customerIds(1000);
  const refused = refusedByFault({ on: "*", kind: "partial-fail-list", share: 0.03, ids: ["wm00000"] }, ids);
  expect(refused.size).toBe(31);
});

test.each([
  ["accept-then-reset", 1],
  ["reset", 0],
] as const)("%s cuts the connection and leaves %i task", async (kind, tasks) => {
  const { simulator, client } = await openSimulator();
  await client.token();
  simulator.faults.push({ on: "add_msg_template", kind });
  await expect(client.post("add_msg_template", body)).rejects.toThrow();
  expect(simulator.ledger.tasks).toHaveLength(tasks);
  expect(simulator.ledger.calls.at(-1)).toMatchObject({ fault: kind, errcode: tasks === 1 ? 0 : undefined });
  expect(await client.post("add_msg_template", body)).toMatchObject({ errcode: 0 });
});

test.each([
  [undefined, 1],
  [false, 0],
] as const)("hang with perform %s never answers and leaves %i task", async (perform, tasks) => {
  const { simulator, client } = await openSimulator();
  const address = `${simulator.url}/cgi-bin/externalcontact/add_msg_template?access_token=${await client.token()}`;
  simulator.faults.push({ on: "add_msg_template", kind: "hang", ...(perform === undefined ? {} : { perform }) });
  const aborter = new AbortController();
  const pending = fetch(address, { method: "POST", body: JSON.stringify(body), signal: aborter.signal });
  await simulator.faults.whenHeld();
  expect(simulator.ledger.tasks).toHaveLength(tasks);
  aborter.abort();
  await expect(pending).rejects.toThrow("abort");
});

test("closing ends calls that hang, and may be repeated", async () => {
  const { simulator, client } = await openSimulator();
  await client.token();
  simulator.faults.push({ on: "add_msg_template", kind: "hang" }, { on: "add_msg_template", kind: "late" });
  const pending = Promise.allSettled([client.post("add_msg_template", body), client.post("add_msg_template", body)]);
  await simulator.faults.whenHeld(2);
  await Promise.all([simulator.close(), simulator.close()]);
  expect((await pending).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});

test("a late answer waits for release, with its effect before or after", async () => {
  const { simulator, client } = await openSimulator();
  await client.token();
  simulator.faults.push({ on: "add_msg_template", kind: "late" });
  const early = client.post("add_msg_template", body);
  await simulator.faults.whenHeld();
  expect(simulator.ledger.tasks).toHaveLength(1);
  expect(simulator.faults.release()).toBe(1);
  expect(await early).toMatchObject({ errcode: 0 });

  simulator.faults.push({ on: "add_msg_template", kind: "late", performLate: true });
  const late = client.post("add_msg_template", body);
  await simulator.faults.whenHeld();
  expect(simulator.ledger.tasks).toHaveLength(1);
  simulator.faults.release();
  expect(await late).toMatchObject({ errcode: 0 });
  expect(simulator.ledger.tasks).toHaveLength(2);
});

test("a late call takes effect even when the caller has gone", async () => {
  const { simulator, client } = await openSimulator();
  const address = `${simulator.url}/cgi-bin/externalcontact/add_msg_template?access_token=${await client.token()}`;
  simulator.faults.push({ on: "add_msg_template", kind: "late", performLate: true });
  const aborter = new AbortController();
  const pending = fetch(address, { method: "POST", body: JSON.stringify(body), signal: aborter.signal });
  await simulator.faults.whenHeld();
  aborter.abort();
  await expect(pending).rejects.toThrow("abort");
  simulator.faults.release();
  await client.post("get_groupmsg_task", { msgid: "any" });
  expect(simulator.ledger.tasks).toHaveLength(1);
});

test("late with a delay answers by itself", async () => {
  const { simulator, client } = await openSimulator();
  simulator.faults.push({ on: "gettoken", kind: "late", delayMs: 1 });
  expect(await client.token()).toMatch(/./);
});

test.each([
  ["html", 200, "text/html"],
  ["500", 500, "text/plain"],
  ["bad-json", 200, "application/json; charset=UTF-8"],
] as const)("%s answers something that is no reply, with or without the effect", async (kind, status, type) => {
  const { simulator, client } = await openSimulator();
  const address = `${simulator.url}/cgi-bin/externalcontact/add_msg_template?access_token=${await client.token()}`;
  for (const perform of [false, true]) {
    simulator.faults.push({ on: "add_msg_template", kind, perform });
    const response = await fetch(address, { method: "POST", body: JSON.stringify(body) });
    expect([response.status, response.headers.get("content-type")]).toEqual([status, type]);
    await expect(response.json()).rejects.toThrow();
    expect(simulator.ledger.tasks).toHaveLength(perform ? 1 : 0);
  }
});

test.each([
  [{ kind: "busy" }, -1],
  [{ kind: "45009" }, 45009],
  [{ kind: "45033" }, 45033],
  [{ kind: "error", errcode: 60020 }, 60020],
] as const)("$0.kind answers its code without an effect", async (fault, errcode) => {
  const { simulator, client } = await openSimulator();
  simulator.faults.push({ on: "add_msg_template", ...fault });
  const reply = await client.post("add_msg_template", body);
  expect(reply).toMatchObject({ errcode, errmsg: expect.stringContaining(`devtool/query?e=${errcode}`) });
  expect(simulator.ledger.tasks).toEqual([]);
});

test("busy can hide an effect", async () => {
  const { simulator, client } = await openSimulator();
  simulator.faults.push({ on: "add_msg_template", kind: "busy", perform: true });
  expect(await client.post("add_msg_template", body)).toMatchObject({ errcode: -1 });
  expect(simulator.ledger.tasks).toHaveLength(1);
});

test.each([
  ["expire-token", 42001],
  ["revoke-token", 40014],
] as const)("%s ends the token for this and later calls, until a new one is fetched", async (kind, errcode) => {
  const { simulator, client } = await openSimulator();
  const old = await client.token();
  simulator.faults.push({ on: "add_msg_template", kind });
  expect(await client.post("add_msg_template", body)).toMatchObject({ errcode });
  expect(await client.post("get_groupmsg_task", {})).toMatchObject({ errcode });
  client.forgetToken();
  expect(await client.token()).not.toBe(old);
  expect(await client.post("add_msg_template", body)).toMatchObject({ errcode: 0 });
});

test("lose-msgid answers success without the id of the task that exists", async () => {
  const { simulator, client } = await openSimulator();
  simulator.faults.push({ on: "add_msg_template", kind: "lose-msgid" });
  expect(await client.post("add_msg_template", body)).toEqual({ errcode: 0, errmsg: "ok", fail_list: [] });
  expect(simulator.ledger.tasks).toHaveLength(1);
});

test("partial-fail-list refuses the named people and a share of the others", async () => {
  const { simulator, client } = await openSimulator();
  simulator.faults.push({ on: "add_msg_template", kind: "partial-fail-list", ids: ["wm00003"], share: 0.1 });
  const ids = customerIds(100);
  const reply = await client.post("add_msg_template", { external_userid: ids, text });
  expect(reply.fail_list).toHaveLength(11);
  expect(reply.fail_list).toContain("wm00003");
  expect(simulator.ledger.figures()).toMatchObject({ pushed: 100, failed: 11, accepted: 89 });
});

test("strangers stand in fail_list although they were never sent, and not in the ledger", async () => {
  const { simulator, client } = await openSimulator();
  simulator.faults.push({ on: "add_msg_template", kind: "strangers", ids: ["wmX"] });
  expect(await client.post("add_msg_template", body)).toMatchObject({ errcode: 0, fail_list: ["wmX"] });
  expect(simulator.ledger.tasks[0]?.failList).toEqual([]);
});
