import { expect, onTestFinished, test } from "vitest";
import { startTestServer } from "../../testing/test-server.js";
import { rollUpJob } from "./module.js";

test.each([
  ["on", true],
  ["off", false],
  ["", false],
] as const)("with CONVERSION_ROLL_UPS=%s credits of every merchant are kept: %s", async (setting, isKept) => {
  const server = await startTestServer({ CONVERSION_ROLL_UPS: setting });
  onTestFinished(() => server.close());
  const { kit, stores } = server.context;
  const { id } = await kit.tenants.create({ name: "other" });
  await rollUpJob.run(server.context, new AbortController().signal);
  for (const tenantId of [1, id]) {
    const kept = await stores.conversions.rollUp(tenantId, { begin: false, limit: 1, at: 0 });
    expect(kept?.isCurrent, String(tenantId)).toBe(isKept ? true : undefined);
  }
});
