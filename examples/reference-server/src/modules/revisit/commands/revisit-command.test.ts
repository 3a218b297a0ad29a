import { createRecallKit, silentLogger } from "@recallkit/core";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { expect, test } from "vitest";
import { moduleMigrations } from "../../../app.js";
import { commandLine } from "../../../testing/command-line.js";
import { institutionOf } from "../../institutions/service.js";
import { makeSampleInstitutions } from "../service.js";
import { putSettings } from "../settings.js";

interface Run {
  readonly found: number;
  readonly written: number;
  readonly test_mode: boolean;
  readonly institution_code: string;
  readonly revisits?: readonly { readonly id: number; readonly text: string }[];
}

test("runs are begun, shown and approved from the command line", async () => {
  const { file, run } = await commandLine();
  const stores = await sqliteStores({ file, sets: moduleMigrations, migrate: true });
  const kit = createRecallKit({ stores, channels: [], logger: silentLogger });
  await makeSampleInstitutions(kit, { now: Date.now() });
  const tenantId = (await institutionOf(stores, "BJ-HA-001"))?.tenantId ?? 0;

  const preview = await run("revisit", "preview", "--institution", "BJ-HA-001", "--json");
  const [shown] = preview.answer.runs as Run[];
  expect([preview.code, shown?.test_mode, shown?.revisits?.length]).toEqual([0, true, shown?.written]);
  expect(shown?.revisits?.every(({ text }) => text.includes("生日"))).toBe(true);
  const all = await run("revisit", "run", "--days", "0", "--json");
  expect((all.answer.runs as Run[]).map((one) => one.institution_code)).toEqual(["BJ-HA-001", "SH-ML-002"]);

  const clock = { now: () => Date.now() } as Parameters<typeof putSettings>[1];
  await putSettings(stores, clock, tenantId, { patch: { mode: "approve" }, actor: "test", daysAhead: 7 });
  expect((await run("revisit", "run", "--institution", "BJ-HA-001")).stdout).toMatch(/BJ-HA-001 任务 \d+（approve）/);
  const queue = (await run("revisit", "approve", "--institution", "BJ-HA-001", "--json")).answer;
  const [first] = queue.waiting as { id: number }[];
  const approved = await run("revisit", "approve", "--institution", "BJ-HA-001", String(first?.id), "99999", "--json");
  expect(approved.answer).toEqual({ done: [first?.id], refused: [99_999] });
  const rest = await run("revisit", "approve", "--institution", "BJ-HA-001", "--all", "--lang", "en");
  expect(rest.stdout).toContain(`${(queue.waiting as unknown[]).length - 1} approved`);
  expect((await kit.forTenant(tenantId).occurrences.list()).items.every(({ kind }) => kind === "revisit")).toBe(true);

  const unknown = await run("revisit", "run", "--institution", "XX");
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("institution.not-found")]);
  expect((await run("revisit", "run", "--days", "61")).code).toBe(2);
  await kit.close();
});
