import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { SAMPLE_RULE_NAME } from "../sample/index.js";
import { commandLine } from "../testing/command-line.js";

vi.setConfig({ testTimeout: 120_000 });
afterEach(() => vi.unstubAllEnvs());

test("demo runs the sample shop all the way and leaves nothing behind, whatever DATABASE_URL says", async () => {
  const { folder, run } = await commandLine();
  vi.stubEnv("TMPDIR", folder);
  const { code, stdout, stderr } = await run("demo");
  expect(code).toBe(0);
  expect(stdout).toContain(`${SAMPLE_RULE_NAME}（7 天归因`);
  expect(stdout).toMatch(/推送人数\s+pushed\s+[1-9]\d*/);
  expect(stdout).toMatch(/转化订单数\s+orders\s+[1-9]\d*/);
  for (const step of ["载入示例店铺", "圈定人群", "批次 1 accepted", "送达结果已齐"]) expect(stderr).toContain(step);
  expect(readdirSync(folder)).toEqual([]);
});

/** Forty people who bought once in June, every fourth of them again after the push. */
function orders(): string {
  const people = Array.from({ length: 40 }, (_, index) => `c${100 + index}`);
  const june = people.map((key, index) => `J${index},${key},2025-06-${10 + (index % 10)} 12:00:00,20.00`);
  const august = people
    .filter((_, index) => index % 4 === 0)
    .map((key, index) => `A${index},${key},2025-08-03 09:00:00,30.00`);
  return ["order_no,customer_key,ordered_at,amount", ...june, ...august].join("\n");
}

test("demo takes orders of a file, pushes on the day asked for and counts who came back", async () => {
  const { folder, run } = await commandLine();
  const file = join(folder, "orders.csv");
  await writeFile(file, orders());
  const keep = ["--db", `sqlite:${join(folder, "demo.db")}`];
  const { code, answer } = await run("demo", "--orders", file, "--today", "2025-08-01", "--json", ...keep);
  expect(code).toBe(0);
  expect(answer).toMatchObject({
    rule_name: "30–90 天未购买用户召回 2025-08-01",
    state: "completed",
    audience: 40,
    window_days: 7,
  });
  const { pushed, succeeded, failed, delivered, not_delivered, buyers, revenue } = answer;
  expect(pushed).toBe(40);
  expect(Number(succeeded) + Number(failed)).toBe(40);
  expect(Number(delivered) + Number(not_delivered)).toBe(succeeded);
  expect(buyers).toBeGreaterThan(0);
  expect(buyers).toBeLessThanOrEqual(10);
  expect(revenue).toBe(Number(buyers) * 30);

  const again = await run("demo", "--orders", file, "--today", "2025-08-01", "--json", ...keep);
  expect(again.answer).toEqual(answer);
  const report = await run("report", "30–90 天未购买用户召回 2025-08-01", "--json", ...keep);
  expect(report.answer).toMatchObject({ pushed: 40, buyers, revenue });
});

test("demo with a file that cannot be read fails and leaves nothing behind", async () => {
  const { folder, run } = await commandLine();
  vi.stubEnv("TMPDIR", folder);
  const { code, stdout, stderr } = await run("demo", "--orders", "/nowhere.csv");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("import.unreadable");
  expect(readdirSync(folder)).toEqual([]);
});
