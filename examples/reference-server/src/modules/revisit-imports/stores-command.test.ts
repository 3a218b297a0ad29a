import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { runCli } from "../../cli/run-cli.js";
import { commandLine } from "../../testing/command-line.js";
import { engines } from "../../testing/engines.js";

test("the check prints the four stores with what is there, and says no while one is missing", async () => {
  const { run } = await commandLine();
  expect((await run("revisit", "check")).code).toBe(1);
  const init = await run("revisit", "init");
  expect(init.stdout.split("\n")).toEqual([
    "✅ SQLite初始化完成",
    "○ NebulaGraph: 未启用",
    "○ ClickHouse: 未启用",
    "○ Qdrant向量数据库: 未启用",
    "",
  ]);
  const check = await run("revisit", "check");
  expect(check.code).toBe(0);
  expect(check.stdout.split("\n")).toEqual([
    "✅ SQLite: Connected",
    "○ NebulaGraph: 由账本代替，未启用",
    "○ ClickHouse: 由账本代替，未启用",
    "○ Qdrant: 由账本代替，未启用",
    "",
  ]);
});

test("a store that is configured and away is told of, and keeps the others from nothing", async () => {
  const { run } = await commandLine({ CLICKHOUSE_HOST: "127.0.0.1", CLICKHOUSE_PORT: "1", NEBULA_HOST: "127.0.0.1" });
  const init = await run("revisit", "init", "--json");
  expect(init.code).toBe(1);
  expect(init.answer).toMatchObject({
    stores: [
      { name: "SQLite", state: "ok" },
      { name: "NebulaGraph", state: "failing", detail: "config.missing" },
      { name: "ClickHouse", state: "failing", detail: "projection.unavailable" },
      { name: "Qdrant", state: "off" },
    ],
  });
  const skipped = await run("revisit", "init", "--skip-clickhouse", "--skip-nebula");
  expect(skipped.code).toBe(0);
  expect(skipped.stdout).toContain("○ ClickHouse: 已跳过");
  const check = await run("revisit", "check");
  expect([check.code, check.stdout.includes("❌ ClickHouse: projection.unavailable")]).toEqual([1, true]);
});

test("everything is made anew only with the typed name, after a whole backup, and never in production", async () => {
  const { run, folder } = await commandLine();
  const sample = await run("revisit", "init", "--sample-data", "--json");
  expect(sample.answer).toMatchObject({ sample: { rejected: 0, rows: expect.any(Number) } });
  expect((await run("revisit", "init", "--force-rebuild")).code).toBe(2);
  expect((await run("revisit", "init", "--force-rebuild", "--confirm", "other.db")).code).toBe(2);
  const rebuilt = await run("revisit", "init", "--force-rebuild", "--confirm", "cli.db", "--json");
  expect(rebuilt.code).toBe(0);
  expect(rebuilt.answer.backup).toBe(join(folder, "backups", (await readdir(join(folder, "backups")))[0] ?? ""));
  const tenants = async (...more: string[]) =>
    ((await run(...more, "tenants", "list", "--json")).answer.tenants as []).length;
  expect(await tenants()).toBe(1);
  expect(await tenants("--db", `sqlite:${rebuilt.answer.backup}`)).toBe(3);
  const production = await commandLine({ NODE_ENV: "production", SECRET_KEY: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8" });
  const refused = await production.run("revisit", "init", "--force-rebuild", "--confirm", "cli.db");
  expect([refused.code, refused.stderr.includes("rebuild.refused")]).toEqual([1, true]);
  expect((await production.run("revisit", "init", "--sample-data")).code).toBe(1);
});

test.each(
  engines
    .filter(({ name, missing }) => name !== "SQLite" && missing === undefined)
    .map((engine) => [engine.name, engine] as const),
)("on %s a dump that is complete and new is asked for", async (name, engine) => {
  const { run, folder } = await commandLine({ DATABASE_URL: await engine.newUrl("") });
  expect((await run("revisit", "init", "--sample-data")).code).toBe(0);
  const rebuild = (...more: string[]) => run("revisit", "init", "--force-rebuild", "--json", ...more);
  const confirm = ["--confirm", /--confirm (\S+( \(\S+\))?)/.exec((await rebuild()).stderr)?.[1] ?? ""];
  const backup = join(folder, "dump.sql");
  expect((await rebuild(...confirm)).code).toBe(2);
  await writeFile(backup, "CREATE TABLE x");
  expect((await rebuild(...confirm, "--backup", backup)).code).toBe(2);
  await writeFile(
    backup,
    name === "PostgreSQL" ? "\n--\n-- PostgreSQL database dump complete\n--\n" : "\n-- Dump completed on 2026-01-01\n",
  );
  expect((await rebuild(...confirm, "--backup", backup)).code).toBe(0);
  expect((await run("tenants", "list", "--json")).answer.tenants).toHaveLength(1);
  expect((await run("revisit", "check")).code).toBe(0);
});

test("without a terminal the launcher prints what it would offer, in either language", async () => {
  const { run } = await commandLine();
  const zh = await run("launcher");
  for (const tab of ["🚀 快速操作", "🗄️ 数据库管理", "📥 数据导入", "🎂 生日回访", "🌐 API 服务"])
    expect(zh.stdout).toContain(tab);
  expect(zh.stdout).toContain("初始全量导入  recallkit revisit import --initial …");
  expect((await run("--lang", "en", "launcher")).stdout).toContain("📥 import");
  expect((await run("launcher", "--json")).answer).toMatchObject({
    tabs: [{ offers: expect.any(Array) }, {}, {}, {}, {}],
  });
});

test("on a terminal the launcher runs what is chosen until somebody leaves", async () => {
  const { file } = await commandLine();
  let printed = "";
  const stream = () =>
    new Writable({
      write(chunk, _encoding, done) {
        printed += String(chunk);
        done();
      },
    });
  async function* typed() {
    for (const line of ["4\n", "99\n", "1\n0\n"]) yield new TextEncoder().encode(line);
  }
  const io = { stderr: stream(), stdin: typed(), env: {}, signal: new AbortController().signal };
  const stdout = Object.assign(stream(), { isTTY: true });
  expect(await runCli(["--db", `sqlite:${file}`, "launcher"], { ...io, stdout })).toBe(0);
  expect(printed).toContain("✅ SQLite初始化完成");
  expect(printed).toContain("没有这一项");
  expect(printed).toContain("✅ SQLite: Connected");
});
