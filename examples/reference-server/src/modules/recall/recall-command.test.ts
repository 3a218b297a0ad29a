import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandLine } from "../../testing/command-line.js";

const ENV = { PUBLIC_URL: "https://shop.example.com", YUNPIAN_API_KEY: "k", SMS_SIGNATURE: "喵星球" };

test("a list in a file becomes a task, which is told of, cancelled and tried again", async () => {
  const { run, folder } = await commandLine(ENV);
  const file = join(folder, "名单.csv");
  const lines = [
    "用户名,手机号,商品名称,触达方式,备注",
    "张三,13800138000,猫粮,短信,常客",
    "李四,13800138001,,,",
    "外国,+85251234567,猫砂,短信,",
  ];
  await writeFile(file, `\u{feff}${lines.join("\r\n")}\r\n`);
  const made = await run("recall", "create", file, "--name", "老客", "--send-at", "2099-01-01 10:00:00", "--json");
  expect([made.code, made.answer]).toMatchObject([
    0,
    {
      recall_task_id: 1,
      accepted: 2,
      rejected: [{ index: 2, path: "contact", message: "应为中国大陆手机号，例如 13800138000" }],
    },
  ]);
  expect((await run("recall", "report", "1", "--json")).answer).toMatchObject({ people: 2, waiting: 2, delivered: 0 });
  expect((await run("recall", "cancel", "1", "--json")).answer).toMatchObject({ state: "cancelled" });
  expect((await run("recall", "cancel", "99")).stderr).toContain("recall-task.not-found");
});

test("a list may be tried on channels one after the other", async () => {
  const { run, folder } = await commandLine({
    ...ENV,
    WECOM_CORP_ID: "ww1",
    WECOM_SECRET: "secret",
    WECOM_AGENT_ID: "1000002",
  });
  const file = join(folder, "list.csv");
  await writeFile(file, "user_name,contact\nA,13800138000\n");
  const made = await run(
    "recall",
    "create",
    file,
    "--channels",
    "wecom,sms",
    "--fall-back-after-hours",
    "12",
    "--json",
  );
  expect([made.code, made.answer]).toMatchObject([0, { accepted: 1, rejected: [] }]);
  for (const wrong of [
    ["--channels", "pigeon"],
    ["--channels", "sms,sms"],
    ["--fall-back-after-hours", "12"],
  ]) {
    const refused = await run("recall", "create", file, ...wrong);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("channels")]);
  }
});

test("a file without the columns, and one without a row that can be taken, make no task", async () => {
  const { run, folder } = await commandLine(ENV);
  const file = join(folder, "list.csv");
  await writeFile(file, "name,colour\nA,red\n");
  expect((await run("recall", "create", file)).stderr).toContain("contact");
  await writeFile(file, "user_name,contact\nA,12345\nB,67890\n");
  const none = await run("recall", "create", file);
  expect(none.code).toBe(1);
  expect(none.stdout).toContain("拒绝 2");
  expect((await run("recall", "report", "1")).code).toBe(1);
});
