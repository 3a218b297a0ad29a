import { expect, test } from "vitest";
import { startWecomSimulator } from "./index.js";
import { createTestClient, customerIds, movableClock, openSimulator, type TestClient } from "./test-client.js";

test("starts with defaults on a free port of the loopback", async () => {
  const { simulator, client } = await openSimulator();
  expect(simulator.url).toBe(`http://127.0.0.1:${simulator.port}`);
  expect(await client.token()).toMatch(/^[\w-]{214}$/);
});

test("refuses a port that is taken and impossible options", async () => {
  const { simulator } = await openSimulator();
  await expect(startWecomSimulator({ port: simulator.port })).rejects.toThrow("EADDRINUSE");
  await expect(startWecomSimulator({ staff: 0 })).rejects.toThrow(RangeError);
  await expect(startWecomSimulator({ confirm: { afterMs: 0, share: 1.1 } })).rejects.toThrow(RangeError);
});

test("repeats its ids for one seed and never without", async () => {
  const ids = async (seed?: string) => {
    const simulator = await startWecomSimulator(seed === undefined ? {} : { seed });
    const client = createTestClient(simulator.url);
    const made = [await client.token(), await client.task(["wm1"])];
    await simulator.close();
    return made;
  };
  expect(await ids("a")).toEqual(await ids("a"));
  expect(await ids()).not.toEqual(await ids());
});

test("answers 404 for an unknown path and 40058 for the wrong method", async () => {
  const { simulator, client } = await openSimulator();
  expect((await fetch(`${simulator.url}/cgi-bin/user/get`)).status).toBe(404);
  const query = `access_token=${await client.token()}`;
  const wrong = await client.get(`/cgi-bin/externalcontact/add_msg_template?${query}`);
  expect(wrong).toMatchObject({ errcode: 40058 });
});

test.each(["", "{", "[]", '"text"', '{"msgid":"a"'])("refuses the body %j as wrong JSON", async (body) => {
  const { client } = await openSimulator();
  const reply = await client.post("get_groupmsg_task", body);
  expect(reply).toMatchObject({ errcode: 40058, errmsg: expect.stringContaining("wrong json format") });
});

test("answers 413 for a JSON body above 10 MB and goes on serving", async () => {
  const { simulator, client } = await openSimulator();
  const address = `${simulator.url}/cgi-bin/externalcontact/add_msg_template?access_token=${await client.token()}`;
  const response = await fetch(address, { method: "POST", body: Buffer.alloc(10 * 1024 * 1024 + 1, " ") });
  expect(response.status).toBe(413);
  expect(await client.task(["wm1"])).toMatch(/^msg/);
});

test("writes every provider call down with what was answered", async () => {
  const clock = movableClock();
  const { simulator, client } = await openSimulator({ clock });
  await client.task(["wm1"]);
  await client.post("get_groupmsg_task", {});
  const call = { at: clock.now(), corpId: "ww-simulator", fault: undefined };
  expect(simulator.ledger.calls).toEqual([
    { ...call, path: "/cgi-bin/gettoken", errcode: 0 },
    { ...call, path: "/cgi-bin/externalcontact/add_msg_template", errcode: 0 },
    { ...call, path: "/cgi-bin/externalcontact/get_groupmsg_task", errcode: 41046 },
  ]);
});

/** What a client reads about one task by following every cursor: people per status. */
async function readResults(client: TestClient, msgid: string): Promise<number[]> {
  const people = [0, 0, 0, 0];
  const { task_list } = (await client.post("get_groupmsg_task", { msgid })) as { task_list?: { userid: string }[] };
  for (const { userid } of task_list ?? []) {
    let cursor: unknown = "";
    do {
      const page = await client.post("get_groupmsg_send_result", { msgid, userid, limit: 1000, cursor });
      for (const { status } of page.send_list as { status: number }[]) people[status]! += 1;
      cursor = page.next_cursor;
    } while (cursor !== "");
  }
  return people;
}

test("its ledger equals what a client reads, for 25 000 customers in 3 tasks with partial confirmation", async () => {
  const clock = movableClock();
  const confirm = { afterMs: 60_000, share: 0.5 };
  const { simulator, client } = await openSimulator({ clock, staff: 8, confirm, cap: { window: "day", max: 1 } });
  await client.task(customerIds(500));
  simulator.confirmAll();
  simulator.faults.push({ on: "add_msg_template", kind: "partial-fail-list", share: 0.02, after: 1 });

  const sizes = [10_000, 10_000, 5000];
  const msgids: string[] = [];
  let failed = 0;
  for (const [number, size] of sizes.entries()) {
    const body = { external_userid: customerIds(size, number * 10_000), text: { content: "喵" } };
    const reply = await client.post("add_msg_template", body);
    msgids.push(String(reply.msgid));
    failed += (reply.fail_list as string[]).length;
  }
  simulator.setFollowers("wm12345", []);
  clock.advance(60_000);

  const people = [0, 0, 0, 0];
  for (const msgid of msgids) {
    for (const [status, count] of (await readResults(client, msgid)).entries()) people[status]! += count;
  }
  const { figures, sendsPerCustomer, tasksPerCustomer } = simulator.ledger;
  expect(failed).toBe(200);
  expect(people.reduce((sum, count) => sum + count)).toBe(25_000 - 200);
  const [waiting, delivered, notFriend, capped] = people;
  expect(figures()).toEqual({
    tasks: 4,
    pushed: 25_500,
    failed: 200,
    accepted: 25_300,
    delivered: 500 + delivered!,
    notDelivered: { notFriend, capped },
    waiting,
    cancelled: 0,
  });
  expect(waiting).toBeGreaterThan(5000);
  expect(delivered).toBeGreaterThan(5000);
  expect(capped).toBeGreaterThan(0);
  expect(sendsPerCustomer().size).toBe(500 + delivered!);
  expect(new Set(sendsPerCustomer().values())).toEqual(new Set([1]));
  expect(tasksPerCustomer().get("wm00000")).toBe(2);
  expect(tasksPerCustomer().get("wm10000")).toBe(1);
});
