import { expect, test } from "vitest";
import { willingMembers } from "./confirm.js";
import { customerIds, movableClock, openSimulator } from "./test-client.js";

test("delivers nothing by itself unless staff are told to confirm", async () => {
  const clock = movableClock();
  const { simulator, client } = await openSimulator({ clock });
  await client.task(customerIds(10));
  clock.advance(365 * 86_400_000);
  expect(simulator.ledger.figures()).toMatchObject({ delivered: 0, waiting: 10 });
});

test("confirms at the due time whenever somebody looks, never earlier", async () => {
  const clock = movableClock();
  const { simulator, client } = await openSimulator({ clock, confirm: { afterMs: 5000 } });
  await client.task(customerIds(10));
  const dueAt = clock.now() + 5000;
  clock.advance(4999);
  expect(simulator.ledger.figures().delivered).toBe(0);
  clock.advance(100_000);
  expect(simulator.ledger.figures().delivered).toBe(10);
  expect(new Set([...simulator.ledger.deliveries()].map(({ sentAt }) => sentAt))).toEqual(new Set([dueAt]));
});

test("never confirms a task that was cancelled before its time, and keeps a confirmation that came first", async () => {
  const clock = movableClock();
  const { simulator, client } = await openSimulator({ clock, confirm: { afterMs: 5000 } });
  const first = await client.task(customerIds(3));
  const second = await client.task(customerIds(4));
  clock.advance(4999);
  await client.post("cancel_groupmsg_send", { msgid: first });
  clock.advance(1);
  await client.post("cancel_groupmsg_send", { msgid: second });
  clock.advance(5000);
  expect(simulator.ledger.figures()).toMatchObject({ delivered: 4, cancelled: 3, waiting: 0 });
});

test("asks a confirmation rule once per member and task", async () => {
  const clock = movableClock();
  const asked: string[] = [];
  const { simulator, client } = await openSimulator({
    clock,
    staff: ["amy", "bob"],
    confirm: {
      afterMs: ({ userid }) => {
        asked.push(userid);
        return userid === "amy" ? 1000 : "never";
      },
    },
  });
  await client.task(customerIds(20));
  clock.advance(1000);
  expect(asked).toEqual(["amy", "bob"]);
  expect(simulator.ledger.tasks[0]?.staff.map(({ userid, confirmedAt }) => [userid, confirmedAt])).toEqual([
    ["amy", clock.now()],
    ["bob", undefined],
  ]);
});

test("lets only a share of the members confirm, the same ones in every run", async () => {
  const willing = willingMembers(["a", "b", "c", "d", "e"], 0.6);
  expect(willing.size).toBe(3);
  expect(willingMembers(["e", "d", "c", "b", "a"], 0.6)).toEqual(willing);

  const clock = movableClock();
  const staff = ["a", "b", "c", "d", "e"];
  const { simulator, client } = await openSimulator({ clock, staff, confirm: { afterMs: 0, share: 0.6 } });
  await client.task(customerIds(100));
  const confirmed = simulator.ledger.tasks[0]?.staff.filter(({ confirmedAt }) => confirmedAt !== undefined);
  expect(new Set(confirmed?.map(({ userid }) => userid))).toEqual(willing);
  const { delivered, waiting } = simulator.ledger.figures();
  expect(delivered).toBe(confirmed?.reduce((total, { recipients }) => total + recipients, 0));
  expect(waiting).toBe(100 - delivered);
});

test("finds an ex-friend with status 2 at confirmation", async () => {
  const { simulator, client } = await openSimulator();
  const msgid = await client.task(["wm1", "wm2"]);
  simulator.setFollowers("wm2", []);
  expect(simulator.confirm(msgid)).toBe(1);
  expect(simulator.ledger.figures()).toMatchObject({ delivered: 1, notDelivered: { notFriend: 1, capped: 0 } });
});

test("sends a second confirmation of the same member to nobody", async () => {
  const { simulator, client } = await openSimulator();
  const msgid = await client.task(["wm1", "wm2"]);
  expect([simulator.confirm(msgid), simulator.confirm(msgid), simulator.confirmAll()]).toEqual([2, 0, 0]);
});

test("leaves out whom the member deselects, if the task allows selection", async () => {
  const { simulator, client } = await openSimulator({ staff: ["amy"] });
  const msgid = await client.task(["wm1", "wm2", "wm3"], { allow_select: true });
  expect(simulator.confirm(msgid, "amy", ["wm2", "wm-not-in-the-task"])).toBe(1);
  expect([...simulator.ledger.deliveries(msgid)].map(({ status }) => status)).toEqual([0, 1, 0]);
  const fixed = await client.task(["wm1"]);
  expect(() => simulator.confirm(fixed, "amy", ["wm1"])).toThrow("allow_select");
});

test("refuses to confirm what does not exist", async () => {
  const { simulator, client } = await openSimulator({ staff: ["amy"] });
  const msgid = await client.task(["wm1"]);
  expect(() => simulator.confirm("msgUnknown")).toThrow(RangeError);
  expect(() => simulator.confirm(msgid, "bob")).toThrow("no part");
});
