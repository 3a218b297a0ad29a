import { expect, test } from "vitest";
import { customerIds, openSimulator } from "./test-client.js";

async function admin(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: unknown }> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(`${url}/__simulator/${path}`, init);
  return { status: response.status, json: await response.json() };
}

test("scripts faults over HTTP", async () => {
  const { simulator, client } = await openSimulator();
  const fault = { on: "gettoken", kind: "45009" };
  expect(await admin(simulator.url, "POST", "faults", [fault, fault])).toEqual({ status: 200, json: [fault, fault] });
  expect(await client.get("/cgi-bin/gettoken")).toMatchObject({ errcode: 45009 });
  expect((await admin(simulator.url, "GET", "faults")).json).toEqual([fault]);
  expect((await admin(simulator.url, "DELETE", "faults")).json).toEqual([]);
  expect((await admin(simulator.url, "POST", "faults/release")).json).toEqual({ released: 0 });
  expect(simulator.faults.waiting()).toEqual([]);
});

test("plays staff and customers over HTTP", async () => {
  const { simulator, client } = await openSimulator({ staff: ["amy"] });
  const [first, second] = [
    await client.task(["wm1", "wm2"]),
    await client.task(["wm1", "wm2"], { allow_select: true }),
  ];
  const gone = { externalUserid: "wm2", followers: [] };
  expect((await admin(simulator.url, "POST", "followers", gone)).json).toEqual(gone);
  const selected = { msgid: second, userid: "amy", selection: ["wm1"] };
  expect((await admin(simulator.url, "POST", "confirm", selected)).json).toEqual({ sent: 1 });
  expect((await admin(simulator.url, "POST", "confirm")).json).toEqual({ sent: 1 });
  expect([...simulator.ledger.deliveries(first)].map(({ status }) => status)).toEqual([1, 2]);
});

test("shows the ledger as JSON and the deliveries line by line", async () => {
  const { simulator, client } = await openSimulator({ confirm: { afterMs: 0 } });
  const msgid = await client.task([...customerIds(3), "stranger"]);
  await client.task(customerIds(2));
  const { json } = await admin(simulator.url, "GET", "ledger");
  expect(json).toMatchObject({
    figures: { tasks: 2, pushed: 6, failed: 1, accepted: 5, delivered: 5 },
    tasks: [{ msgid, recipients: 3, failList: ["stranger"] }, { recipients: 2 }],
    tokens: [{ corpId: "ww-simulator" }],
    uploads: [],
    calls: [{ path: "/cgi-bin/gettoken", errcode: 0 }, { errcode: 0 }, { errcode: 0 }],
  });
  expect((await admin(simulator.url, "GET", "figures")).json).toEqual(simulator.ledger.figures());

  const all = await (await fetch(`${simulator.url}/__simulator/deliveries`)).text();
  expect(all.trimEnd().split("\n")).toHaveLength(5);
  const one = await (await fetch(`${simulator.url}/__simulator/deliveries?msgid=${msgid}`)).text();
  expect(
    one
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([...simulator.ledger.deliveries(msgid)]);
});

test.each([
  ["POST", "faults", { on: "gettoken", kind: "explode" }, 400],
  ["POST", "confirm", { userid: "amy" }, 400],
  ["POST", "confirm", { msgid: "msgUnknown" }, 400],
  ["POST", "followers", {}, 400],
  ["POST", "ledger", {}, 404],
  ["GET", "nothing", undefined, 404],
])("answers %s %s %j with %i and a reason", async (method, path, body, status) => {
  const { simulator } = await openSimulator();
  expect(await admin(simulator.url, method, path, body)).toEqual({ status, json: { error: expect.any(String) } });
});
