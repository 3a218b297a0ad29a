import { createRecallKit, silentLogger } from "@recallkit/core";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { expect, test } from "vitest";
import { moduleMigrations } from "../../app.js";
import { commandLine } from "../../testing/command-line.js";

test("segment validate, save, preview, explain, list and show", async () => {
  const { run, file } = await commandLine();
  const stores = await sqliteStores({ file, migrate: true, sets: moduleMigrations });
  const kit = createRecallKit({ stores, logger: silentLogger });
  await kit.customers.upsert(["c1", "c2"].map((externalKey) => ({ externalKey })));
  await kit.labels.assign([{ externalKey: "c1", kind: "city", key: "上海" }]);
  await kit.close();
  const shanghai = '{"labels":{"city":["上海"]}}';

  expect(await run("segment", "validate", shanghai, "--json")).toMatchObject({ code: 0, answer: { valid: true } });
  const wrong = await run("segment", "validate", '{"any":[{"saved":9},{"lapse":{"minDays":1}}]}');
  expect(wrong.code).not.toBe(0);
  expect(wrong.stderr).toContain("segment.any.1.lapse.maxDays");

  const saved = await run("segment", "save", "上海", "--segment", shanghai, "--json");
  expect(saved.answer).toMatchObject({ id: 1, name: "上海", revision: 1 });
  const edit = ["segment", "save", "沪", "--segment", shanghai, "--id", "1", "--revision", "1", "--json"];
  expect((await run(...edit)).answer).toMatchObject({ name: "沪", revision: 2 });
  expect((await run(...edit)).code).not.toBe(0);

  for (const whom of [
    ["--id", "1"],
    ["--segment", '{"saved":1}'],
  ]) {
    expect((await run("segment", "preview", ...whom, "--json")).answer).toMatchObject({ count: 1, warnings: [] });
    expect((await run("segment", "explain", "c2", ...whom, "--json")).answer).toMatchObject({ included: false });
  }
  expect((await run("segment", "preview")).code).not.toBe(0);
  expect((await run("segment", "list", "--json")).answer).toMatchObject([{ id: 1, name: "沪" }]);
  expect((await run("segment", "show", "1", "--json")).answer).toMatchObject({
    ...{ id: 1, used_by: { rules: [], segments: [] }, sizes: [] },
  });
});
