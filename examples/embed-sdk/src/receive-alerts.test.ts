import { expect, test } from "vitest";
import { printed } from "./testing/readme.js";

test("the receiver takes an alarm once and refuses a forged one", async () => {
  const output = await printed(() => import("./receive-alerts.js"));
  expect(output).toBe("push.failure-rate 300 of 1000 failed\na forged alarm answers 401\n");
});
