import { RecallKitError } from "@recallkit/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ServerContext } from "../../../frame/context.js";
import { engines } from "../../../testing/engines.js";
import { kept, recounted } from "../../../testing/lead-figures.js";
import { openMerchant, TEST_NOW } from "../../../testing/lead-merchant.js";
import { CALL_RESULTS } from "../calls/call.js";
import { createCallBody, editCallBody } from "../calls/schema.js";
import { deleteCall, editCall, recordCall } from "../calls/service.js";
import { callsKind } from "../imports/calls-kind.js";
import { figures } from "../kept-figures.js";
import type { Merchant } from "../merchant.js";
import { createPackageBody } from "../packages/schema.js";
import { createPackage, deletePackage } from "../packages/service.js";
import { createTaskBody } from "../tasks/schema.js";
import { createTask, deleteTask, recountTask } from "../tasks/service.js";

const call = fc.record({
  kind: fc.constantFrom("record", "record", "edit", "import"),
  at: fc.nat(30),
  phone_number: fc.constantFrom("13800138000", "13900139000", "+14155550100"),
  call_time: fc.integer({ min: TEST_NOW - 3 * 86_400_000, max: TEST_NOW }),
  result: fc.constantFrom(...CALL_RESULTS),
  seconds: fc.integer({ min: 0, max: 900 }),
  interested: fc.constantFrom(undefined, true, false),
  agent: fc.constantFrom("", "甲", "乙"),
  tags: fc.uniqueArray(
    fc.record({ tag_name: fc.constantFrom("interest_level", "🏷"), tag_value: fc.constantFrom("high", "low", "'; --") }),
    { selector: ({ tag_name, tag_value }) => tag_name + tag_value, maxLength: 3 },
  ),
});
const step = fc.oneof(
  { arbitrary: call, weight: 8 },
  { arbitrary: fc.record({ kind: fc.constantFrom("delete", "recount", "task"), at: fc.nat(30) }), weight: 3 },
  {
    arbitrary: fc.record({ kind: fc.constantFrom("delete-task", "delete-package", "package"), at: fc.nat(30) }),
    weight: 1,
  },
);

type Step = { readonly kind: string; readonly at: number } & Partial<
  Omit<typeof call extends fc.Arbitrary<infer C> ? C : never, "kind" | "at">
>;

/** What the import of a file with one row does. */
async function importCall(merchant: Merchant, taskId: number, key: string, told: object): Promise<void> {
  const mapping = { version: 1 as const, kind: "calls", task_id: taskId, columns: CALL_COLUMNS, tags: { 来源: "tag" } };
  const cells = Object.fromEntries(
    Object.entries({ ...told, tags: undefined, interested: "" }).map(([name, value]) => [name, String(value ?? "")]),
  );
  const { stores, tenantId, context } = merchant;
  const rows = await callsKind.begin(context as unknown as ServerContext, tenantId, mapping);
  const read = rows.read({ ...cells, call_no: key, "tags.来源": key });
  if ("value" in read) await stores.transaction(() => rows.write([read.value]));
}

const CALL_COLUMNS = Object.fromEntries(
  ["phone_number", "call_time", "duration", "result", "agent", "call_no"].map((name) => [name, name]),
);

/** Plays steps; what is refused is refused as a whole. */
async function play(merchant: Merchant, steps: readonly Step[]): Promise<void> {
  const packages = [(await createPackage(merchant, createPackageBody.parse({ name: "甲包" }))).id];
  const tasks = [(await createTask(merchant, packages[0] ?? 0, createTaskBody.parse({ task_name: "一" }))).id];
  const calls: number[] = [];
  const pick = (ids: readonly number[], at: number) => ids[at % Math.max(ids.length, 1)] ?? 0;
  for (const { kind, at, seconds = 0, result = "busy", ...fields } of steps) {
    const isTalk = result === "connected" || result === "voicemail";
    const body = { ...fields, result, duration: isTalk ? seconds : 0 };
    try {
      if (kind === "record")
        calls.push((await recordCall(merchant, pick(tasks, at), createCallBody.parse(body))).call.id);
      if (kind === "import")
        await importCall(merchant, pick(tasks, at), String(at % 5), { ...fields, result, duration: body.duration });
      if (kind === "edit") await editCall(merchant, pick(calls, at), editCallBody.parse(body));
      if (kind === "delete") await deleteCall(merchant, pick(calls, at));
      if (kind === "recount") await recountTask(merchant, pick(tasks, at), at % 2 === 0 ? {} : { total_calls: 1000 });
      if (kind === "task")
        tasks.push((await createTask(merchant, pick(packages, at), createTaskBody.parse({ task_name: "二" }))).id);
      if (kind === "delete-task") await deleteTask(merchant, pick(tasks, at), true);
      if (kind === "package")
        packages.push((await createPackage(merchant, createPackageBody.parse({ name: "乙包" }))).id);
      if (kind === "delete-package") await deletePackage(merchant, pick(packages, at), true);
    } catch (error) {
      if (!RecallKitError.is(error) || error.retryable) throw error;
    }
  }
}

describe.each(engines)("figures on $name", (engine) => {
  test.skipIf(engine.missing)(
    "are those of the calls after any sequence of changes",
    { timeout: 120_000 },
    async () => {
      const { merchant } = await openMerchant(engine);
      let seen = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 40 }), async (steps) => {
          await play(merchant, steps as readonly Step[]);
          for (const { name, differing } of figures)
            expect([name, await differing(merchant.stores, 3)]).toEqual([name, []]);
          const expected = await recounted(merchant.stores, 1);
          seen = Math.max(seen, expected.hours.length);
          expect(await kept(merchant.stores, 1)).toEqual(expected);
        }),
        // The same sequences on every engine, so that few of them are enough to see something.
        { numRuns: engine.name === "SQLite" ? 20 : 4, seed: 20_261_130, endOnFailure: true },
      );
      expect(seen).toBeGreaterThan(1);
    },
  );
});
