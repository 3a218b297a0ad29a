import { expect, test } from "vitest";
import { engines } from "../../testing/engines.js";
import { kept } from "../../testing/lead-figures.js";
import { openMerchant } from "../../testing/lead-merchant.js";
import { createCallBody } from "./calls/schema.js";
import { recordCall } from "./calls/service.js";
import { createPackageBody } from "./packages/schema.js";
import { createPackage } from "./packages/service.js";
import { taskOfAudience } from "./recall/audience-task.js";
import { leadTables } from "./tables.js";
import { createTaskBody } from "./tasks/schema.js";
import { createTask } from "./tasks/service.js";

const [ANNA, BO] = ["+8613800138001", "+8613800138002"];

test.each(engines.filter(({ missing }) => missing === undefined))(
  "an export shows leads and calls of a person, an erasure leaves their counts without a name, on $name",
  { timeout: 120_000 },
  async (engine) => {
    const { merchant, stores } = await openMerchant(engine);
    const { kit } = merchant.context;
    await kit.customers.upsert([
      { externalKey: "a", mobile: ANNA },
      { externalKey: "b", mobile: BO },
    ]);
    const { id: packageId } = await createPackage(merchant, createPackageBody.parse({ name: "包" }));
    const { id: taskId } = await createTask(merchant, packageId, createTaskBody.parse({ task_name: "任务" }));
    for (const phone of [ANNA, BO]) {
      const words = { notes: `说了什么 ${phone}`, customer_name: phone, company: phone };
      const tags = [{ tag_name: "interest_level", tag_value: "high" }];
      const body = { phone_number: phone, result: "connected", duration: 60, tags, ...words };
      await recordCall(merchant, taskId, createCallBody.parse(body));
    }
    await taskOfAudience(merchant, { segment: { everybody: true } }, { name: "回访" });

    const { beside } = await kit.customers.export("a");
    expect(beside).toMatchObject({
      leads: {
        leads: [{ phone_number: ANNA, state: "ready" }],
        calls: [{ phone_number: ANNA, notes: `说了什么 ${ANNA}` }],
        tags: [{ tag_name: "interest_level", tag_value: "high" }],
      },
    });
    expect(JSON.stringify(beside)).not.toContain(BO);
    const told = (await kit.people.timeline("a", { language: "en" })).items;
    expect(told.map(({ kind }) => kind).sort()).toEqual(["call", "known", "lead"]);
    expect(told.find(({ kind }) => kind === "call")?.sentence).toMatch(/^call \d+: connected$/);
    expect(JSON.stringify(told)).not.toContain("说了什么");

    const before = await kept(stores, 1);
    await kit.customers.erase("a");
    expect(await kept(stores, 1)).toEqual(before);
    const db = leadTables(stores);
    const calls = await db.selectFrom("rk_calls").selectAll().orderBy("id").execute();
    const leads = await db.selectFrom("rk_leads").selectAll().orderBy("id").execute();
    expect(JSON.stringify([calls, leads])).not.toContain(ANNA);
    expect(calls[1]).toMatchObject({ phone_number: BO, notes: `说了什么 ${BO}` });
    expect(leads.map(({ state, next_call_at: next }) => [state, next === null])).toEqual([
      ["suppressed", true],
      ["ready", false],
    ]);
  },
);
