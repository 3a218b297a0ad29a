import { expect, test } from "vitest";
import { createReceiveCounter } from "./receive-cap.js";
import { customerIds, openSimulator } from "./test-client.js";

const at = (text: string): number => Date.parse(`${text}+08:00`);

test.each([
  [{ window: "day", max: 1 } as const, "2026-05-20T00:00:00", "2026-05-20T23:59:59", "2026-05-21T00:00:00"],
  [{ window: "week", max: 1 } as const, "2026-05-18T00:00:00", "2026-05-24T23:59:59", "2026-05-25T00:00:00"],
  [{ window: "month", max: 1 } as const, "2026-05-01T00:00:00", "2026-05-31T23:59:59", "2026-06-01T00:00:00"],
])("turns $window windows at midnight in UTC+8", (cap, first, last, next) => {
  const counter = createReceiveCounter(cap);
  expect([first, last, next].map((time) => counter.take("wm1", at(time)))).toEqual([true, false, true]);
  expect(counter.take("wm2", at(next))).toBe(true);
});

test.each([
  ["2026-02-10T10:00:00", 28],
  ["2028-02-10T10:00:00", 29],
  ["2026-04-10T10:00:00", 30],
  ["2026-12-31T23:00:00", 31],
])("allows in %s as many per month as the month has days", (time, days) => {
  const counter = createReceiveCounter({ window: "month", max: "days-in-month" });
  const taken = Array.from({ length: 40 }, () => counter.take("wm1", at(time)));
  expect(taken.filter(Boolean)).toHaveLength(days);
});

test("delivers status 3 above the cap of the corp", async () => {
  const { simulator, client } = await openSimulator({ cap: { window: "day", max: 1 }, staff: ["amy"] });
  await client.task(customerIds(3));
  const second = await client.task(customerIds(3, 2));
  simulator.confirmAll();
  expect(simulator.ledger.figures()).toMatchObject({ delivered: 5, notDelivered: { notFriend: 0, capped: 1 } });
  const { send_list } = await client.post("get_groupmsg_send_result", { msgid: second, userid: "amy" });
  expect(send_list).toMatchObject([{ external_userid: "wm00002", status: 3 }, { status: 1 }, { status: 1 }]);
  expect(Math.max(...simulator.ledger.sendsPerCustomer().values())).toBe(1);
});
