import { virtualClock } from "@recallkit/core/testing";
import { expect, test } from "vitest";
import type { HotConfig } from "../../frame/config-key.js";
import { apiSendMessage, messageSender } from "./keys.js";
import { openConcurrency } from "./service.js";

/** A configuration that says how many may wait. */
function configured(backlog: number): HotConfig {
  const values: Readonly<Record<string, unknown>> = {
    [apiSendMessage.name]: { ...apiSendMessage.defaultValue, backlog },
    [messageSender.name]: messageSender.defaultValue,
  };
  return { get: (key) => key.schema.parse(values[key.name]), watch: () => () => {} };
}

test("no more messages of a tenant are taken while as many wait as may, and another tenant's are", async () => {
  const clock = virtualClock(0);
  const { admitSend } = openConcurrency(configured(3), { clock });
  const waits = { 1: 3, 2: 2 };
  const counted: number[] = [];
  const send = async (tenantId: 1 | 2) => {
    const permit = await admitSend(tenantId, async () => {
      counted.push(tenantId);
      return waits[tenantId];
    });
    await permit.end();
  };
  const full = { status: 429, code: "message.backlog-full", headers: { "retry-after": "5" } };
  await expect(send(1)).rejects.toMatchObject(full);
  await expect(send(1)).rejects.toMatchObject(full);
  await send(2);
  expect(counted).toEqual([1, 2]);
  waits[1] = 2;
  await clock.advance(1000);
  await send(1);
  expect(counted).toEqual([1, 2, 1]);
});
