import { expect, test } from "vitest";
import { engines } from "../../../testing/engines.js";
import { openMerchant } from "../../../testing/lead-merchant.js";
import { createCallBody } from "../calls/schema.js";
import { recordCall } from "../calls/service.js";
import { createPackageBody } from "../packages/schema.js";
import { createPackage } from "../packages/service.js";
import { createTaskBody } from "../tasks/schema.js";
import { createTask } from "../tasks/service.js";
import { taskOfAudience } from "./audience-task.js";

test.each(engines.filter(({ missing }) => missing === undefined))(
  "a call makes labels that segments use, an audience becomes a task, and a refusal keeps pushes away, on $name",
  { timeout: 120_000 },
  async (engine) => {
    const { merchant, stores } = await openMerchant(engine);
    const { kit } = merchant.context;
    const [a, b, c] = ["+8613800138001", "+8613800138002", "+8613800138003"];
    await kit.customers.upsert([
      { externalKey: "a", mobile: a, externalUserId: "wm_a" },
      { externalKey: "b", mobile: b, externalUserId: "wm_b" },
      { externalKey: "c", mobile: c, externalUserId: "wm_c" },
      { externalKey: "d", externalUserId: "wm_d" },
    ]);
    const { id: packageId } = await createPackage(merchant, createPackageBody.parse({ name: "包" }));
    const { id: taskId } = await createTask(merchant, packageId, createTaskBody.parse({ task_name: "任务" }));
    const call = (phone: string | undefined, body: object) =>
      recordCall(merchant, taskId, createCallBody.parse({ phone_number: phone, ...body }));
    const high = [{ tag_name: "interest_level", tag_value: "high" }];
    await call(a, { result: "connected", tags: high });
    await call(b, { result: "connected", tags: high });
    await call(b, { result: "connected", tags: [{ tag_name: "interest_level", tag_value: "low" }] });
    await call(c, { result: "connected", do_not_call: true });
    const count = (key: string) => kit.audience.count({ segment: { labels: { call: [key] } } });
    expect([await count("interested"), await count("reached"), await count("tag:interest_level=high")]).toEqual([
      1, 3, 2,
    ]);

    const { task, ...counts } = await taskOfAudience(
      merchant,
      { segment: { labels: { call: ["reached"] } } },
      { name: "回访" },
    );
    expect(counts).toEqual({ members: 3, unreachable: 0, inserted: 3, duplicates: 0, suppressed: 1 });
    expect(task).toMatchObject({ task_name: "回访", status: "pending" });
    const all = await taskOfAudience(merchant, { segment: { everybody: true } }, { name: "全部" });
    expect(all).toMatchObject({ members: 4, unreachable: 1, inserted: 3, duplicates: 3 });

    const { items } = await kit.suppressions.list();
    expect(items.map(({ address, externalKey, channel, reason }) => [address, externalKey, channel, reason])).toEqual([
      [c, null, "*", "opt_out"],
      [null, "c", "*", "opt_out"],
    ]);
    expect(await stores.isEmpty()).toBe(false);
  },
);
