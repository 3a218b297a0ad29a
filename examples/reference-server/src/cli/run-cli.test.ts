import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { migrate } from "@recallkit/storage-adapters/migrations";
import { openSqlite } from "@recallkit/storage-adapters/sqlite";
import { describe, expect, test } from "vitest";
import { commandLine, runCommand } from "../testing/command-line.js";

const HEADER = "order_no,customer_key,ordered_at,amount,status,sku,category,brand,store";

async function shop(env = {}) {
  const line = await commandLine(env);
  const file = join(line.folder, "orders.csv");
  const rows = [
    "A1,c1,2025-03-01 10:00:00,12.50,paid,s1,,,",
    "A2,c2,2025-04-09 23:59:59,7,paid,s2,,,",
    "A3,c10,2025-03-01,1,paid,s1,,,",
  ];
  await writeFile(file, [HEADER, ...rows].join("\n"));
  return { ...line, orders: file };
}

describe("the command line", () => {
  test("prints its help with the exit codes, in Chinese unless English is asked for", async () => {
    const help = await runCommand(["--help"], {});
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain("退出码：0 完成");
    const english = await runCommand(["audience", "--help", "--lang", "en"], {});
    expect(english.stdout).toContain("Exit codes: 0 done");
    expect(english.stdout).toContain("--db <url>");
  });

  test.each([
    ["an unknown command", ["frobnicate"]],
    ["an unknown option", ["report", "--frob"]],
    ["a number out of range", ["audience", "--min-days", "-1"]],
    ["a day that does not exist", ["audience", "--today", "2025-02-29"]],
    ["an unknown label kind", ["audience", "--label", "colour=red"]],
    ["an unknown zone", ["audience", "--tz", "Mars/Olympus"]],
    ["an unknown preset", ["import", "orders", "x.csv", "--preset", "nope"]],
    ["an unknown field", ["import", "orders", "x.csv", "--map", "colour=x"]],
    ["a database of another kind", ["report", "--db", "oracle://localhost/x"]],
    ["no condition at all", ["audience"]],
    ["a window the wrong way round", ["audience", "--min-days", "45", "--max-days", "30"]],
  ])("answers %s with code 2 and one line on standard error", async (_, argv) => {
    const { run } = await commandLine();
    const { code, stdout, stderr } = await run(...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.split("\n").filter((line) => line.startsWith("recallkit: "))).toHaveLength(1);
  });

  test("knows no tenant that is not there", async () => {
    const { run } = await commandLine();
    await run("migrate", "up");
    const { code, stderr } = await run("report", "--tenant", "77");
    expect(code).toBe(1);
    expect(stderr).toContain("recallkit: tenant.not-found");
  });
});

describe("import orders", () => {
  test("makes the schema of an empty database, says so, and answers one JSON object", async () => {
    const { run, orders } = await shop();
    const { code, stderr, stdout, answer } = await run("import", "orders", orders);
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(answer).toMatchObject({
      customers: { inserted: 3, updated: 0, unchanged: 0, rejected: 0 },
      orders: { inserted: 3, rejected: 0 },
      labels: { inserted: 2 },
      lines: 3,
      revenue: 20.5,
      seconds: expect.any(Number),
      peak_rss_mb: expect.any(Number),
    });
    expect(stderr).toContain("空数据库，已建立表结构");
    const again = await run("import", "orders", orders, "--lang", "en");
    expect(again.answer).toMatchObject({
      orders: { inserted: 0, unchanged: 3 },
      customers: { unchanged: 3 },
      labels: { unchanged: 2 },
    });
    expect(again.stderr).not.toContain("schema created");
  });

  test("tells where rejected lines are", async () => {
    const { run, folder } = await commandLine();
    const file = join(folder, "bad.csv");
    await writeFile(file, `${HEADER}\nA1,c1,2025-03-01,1,,,,,\nA2,c2,never,1,,,,,\n`);
    const { code, answer, stderr } = await run(
      "import",
      "orders",
      file,
      "--rejects",
      join(folder, "bad.out"),
      "--lang",
      "en",
    );
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      orders: { inserted: 1, rejected: 1 },
      rejects: 1,
      rejects_file: join(folder, "bad.out"),
    });
    expect(stderr).toContain(`1 lines were rejected, see ${join(folder, "bad.out")}`);
  });

  test("fails when nothing could be imported, and still answers", async () => {
    const { run, folder } = await commandLine();
    const file = join(folder, "bad.csv");
    await writeFile(file, `${HEADER}\nA2,c2,never,1,,,,,\n`);
    const { code, answer, stderr } = await run("import", "orders", file);
    expect(code).toBe(1);
    expect(answer).toMatchObject({ orders: { inserted: 0, rejected: 1 } });
    expect(stderr).toContain("recallkit: import.nothing-taken");
  });

  test("says that a file has a header alone", async () => {
    const { run, folder } = await commandLine();
    const file = join(folder, "header.csv");
    await writeFile(file, `${HEADER}\n`);
    const { code, stderr } = await run("import", "orders", file);
    expect(code).toBe(1);
    expect(stderr).toContain(`recallkit: import.empty: ${file} 只有表头，没有数据行（请检查导出的条件与日期）`);
  });

  test("fails without an answer when the file cannot be read", async () => {
    const { run } = await commandLine();
    const { code, stdout, stderr } = await run("import", "orders", "/nowhere.csv");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("/nowhere.csv: there is no such file");
  });

  test("ends with 130 when it is interrupted", async () => {
    const { file, orders } = await shop();
    const ended = await runCommand(
      ["import", "orders", orders],
      { DATABASE_URL: `sqlite:${file}` },
      AbortSignal.abort(new Error("stop")),
    );
    expect(ended).toMatchObject({ code: 130, stdout: "" });
    expect(ended.stderr).toContain("recallkit: interrupted");
  });
});

describe("import customers", () => {
  test("takes the columns it is told and answers one JSON object", async () => {
    const { run, folder } = await commandLine();
    const file = join(folder, "people.csv");
    await writeFile(file, "编号;手机;城市\n c1 ; 138 0013 8000 ;上海\nc2;+44 20 7031 3000;\nc3;12;\n");
    const { code, answer } = await run("import", "customers", file, "--map", "customer_key=编号,mobile=手机,city=城市");
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      customers: { inserted: 3, updated: 0, unchanged: 0, rejected: 0 },
      lines: 3,
      dropped: [{ path: "mobile", code: "mobile.invalid", count: 2, lines: [3, 4] }],
      rejects: 0,
    });
  });
});

describe("audience", () => {
  test("counts as of the start of a day and hashes the sorted keys", async () => {
    const { run, orders } = await shop();
    await run("import", "orders", orders);
    const { code, answer } = await run(
      "audience",
      "--today",
      "2025-04-10",
      "--min-days",
      "30",
      "--max-days",
      "45",
      "--json",
    );
    expect(code).toBe(0);
    // sha256 of "c1\nc10"
    expect(answer).toEqual({
      count: 2,
      sha256: "415027f04eec3e141442613ee7770eb2f7d9c73446d7d906ae6f9292866d0e71",
      today: "2025-04-10",
      time_zone: "Asia/Shanghai",
      unknown_labels: [],
      unknown_attributes: [],
      steps: [
        { name: "customers", count: 3 },
        { name: "window", count: 2 },
        { name: "reachable", count: 0 },
      ],
    });
    const later = await run("audience", "--today", "2025-04-10", "--max-days", "0", "--json");
    expect(later.answer).toMatchObject({ count: 0 });
    const elsewhere = await run(
      "audience",
      "--today",
      "2025-04-10",
      "--max-days",
      "1",
      "--tz",
      "America/New_York",
      "--json",
    );
    expect(elsewhere.answer).toMatchObject({ count: 1, time_zone: "America/New_York" });
  });

  test("takes labels, several times, and names the unknown ones", async () => {
    const { run, orders } = await shop();
    await run("import", "orders", orders);
    const asOf = ["audience", "--today", "2025-04-10", "--json"];
    expect((await run(...asOf, "--label", "sku=s1，nope", "--label", "sku=s2")).answer).toMatchObject({
      count: 3,
      unknown_labels: ["sku=nope"],
    });
    expect((await run(...asOf, "--label", "sku=s1,s2", "--label-mode", "all")).answer).toMatchObject({ count: 0 });
    expect((await run(...asOf, "--everybody")).answer).toMatchObject({ count: 3 });
  });

  test("is a table for people", async () => {
    const { run, orders } = await shop();
    await run("import", "orders", orders);
    const { stdout } = await run("audience", "--today", "2025-04-10", "--everybody", "--lang", "en");
    expect(stdout).toMatch(/^people\s+3\n/);
  });

  test("takes the database of --db before DATABASE_URL", async () => {
    const { run, orders, folder } = await shop();
    await run("import", "orders", orders);
    const other = `sqlite:${join(folder, "other.db")}`;
    await run("migrate", "up", "--db", other);
    const { answer } = await run("audience", "--everybody", "--json", "--db", other);
    expect(answer).toMatchObject({ count: 0 });
  });
});

describe("migrate", () => {
  test("shows, prints and applies what is pending", async () => {
    const { run, file } = await commandLine();
    expect((await run("migrate", "status", "--json")).answer).toMatchObject({ state: "missing" });
    const script = await run("migrate", "sql");
    expect(script.stdout).toContain("CREATE TABLE rk_customers");
    expect(existsSync(file)).toBe(false);

    const up = await run("migrate", "up", "--json");
    expect(up).toMatchObject({ code: 0 });
    expect(JSON.stringify(up.answer)).toContain("recallkit");
    expect((await run("migrate", "status", "--json")).answer).toMatchObject({
      state: "current",
      pending: [],
      newer: [],
    });
    expect((await run("migrate", "up", "--json")).answer).toEqual({ applied: [] });
    expect((await run("migrate", "sql", "--json")).answer).toEqual({ sql: "" });
  });

  test("is asked for by name when the schema is outdated", async () => {
    const { run, file } = await commandLine();
    const database = await openSqlite({ file });
    await migrate(database, [
      { id: "somebody-else", steps: [{ name: "create", sql: ["CREATE TABLE other (id INTEGER)"] }] },
    ]);
    await database.close();
    const { code, stdout, stderr } = await run("report");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/recallkit: storage\.schema-outdated: .*recallkit migrate up/);
    expect((await run("migrate", "up")).code).toBe(0);
    expect((await run("report")).code).toBe(0);
  });
});

describe("report and push run", () => {
  test("know no rule that is not there", async () => {
    const { run } = await commandLine();
    await run("migrate", "up");
    for (const argv of [
      ["report", "7"],
      ["report", "召回"],
      ["push", "run", "7"],
    ]) {
      const { code, stderr } = await run(...argv);
      expect(code).toBe(1);
      expect(stderr).toContain("recallkit: rule.not-found");
    }
  });

  test("report shows both languages and speaks JSON", async () => {
    const { run } = await commandLine();
    await run("migrate", "up");
    const { stdout } = await run("report");
    expect(stdout).toContain("推送成功人数");
    expect(stdout).toContain("succeeded");
    const { answer } = await run("report", "--json", "--as-of", "2025-03-01", "--window-days", "14");
    expect(answer).toMatchObject({
      rule_id: null,
      pushed: 0,
      success_rate: null,
      window_days: 14,
      as_of: "2025-02-28T16:00:00.000Z",
    });
    expect((await run("report", "--as-of", "soon")).code).toBe(2);
  });
});

describe("doctor", () => {
  test("is content with a fresh folder and changes nothing in it", async () => {
    const { run, folder } = await commandLine();
    const { code, answer } = await run("doctor", "--json");
    expect(code).toBe(0);
    expect(answer).toMatchObject({ ok: true });
    expect(answer.checks).toContainEqual(expect.objectContaining({ name: "wecom", status: "not-configured" }));
    expect(await readdir(folder)).toEqual([]);
  });

  test("names what is wrong and fails", async () => {
    const { run } = await commandLine({ PORT: "eighty", WECOM_CORP_ID: "ww1" });
    const { code, answer, stderr } = await run("doctor", "--json");
    expect(code).toBe(1);
    expect(answer).toMatchObject({ ok: false });
    expect(JSON.stringify(answer)).toContain("PORT");
    expect(stderr).toContain("recallkit: doctor.missing: 尚未就绪：environment");
  });

  test("tries the credentials of WeCom", async () => {
    const { run } = await commandLine({
      WECOM_CORP_ID: "ww1",
      WECOM_SECRET: "s",
      WECOM_BASE_URL: "http://127.0.0.1:9",
    });
    const { code, answer } = await run("doctor", "--json");
    expect(code).toBe(1);
    expect(answer.checks).toContainEqual(expect.objectContaining({ name: "wecom", status: "unreachable" }));
    expect(JSON.stringify(answer)).not.toContain('"s"');
  });
});
