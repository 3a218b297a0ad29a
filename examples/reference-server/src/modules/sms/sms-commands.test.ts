import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startSmsSimulator } from "@recallkit/sms/simulator";
import { expect, onTestFinished, test } from "vitest";
import { commandLine } from "../../testing/command-line.js";

async function opened() {
  const simulator = await startSmsSimulator({ balance: 100 });
  onTestFinished(() => simulator.close());
  const environment = { YUNPIAN_API_KEY: "simulator-apikey", YUNPIAN_BASE_URL: simulator.url };
  return { simulator, ...(await commandLine(environment)) };
}

test("balance, waiting replies and the addresses of callbacks are told of the tenant's account", async () => {
  const { simulator, run } = await opened();
  expect((await run("sms", "balance", "--json")).answer).toMatchObject({ provider: "yunpian" });
  simulator.reply("13800138000", "退订");
  simulator.reply("13800138001", "好的");
  expect((await run("sms", "pull", "--json")).answer).toEqual({ reports: 0, replies: 2 });
  expect((await run("sms", "pull", "--json")).answer).toEqual({ reports: 0, replies: 0 });
  const { answer } = await run("sms", "callbacks", "--json");
  expect(answer).toEqual({
    callbacks: [{ provider: "yunpian", path: expect.stringMatching(/^\/api\/callbacks\/yunpian\/1-[0-9a-f]{32}$/) }],
  });
  expect((await run("doctor", "--json", "--lang", "en")).stdout).toContain("the balance at Yunpian is");
});

test("a tenant's own account comes from a file, and without one there is none", async () => {
  const { run, folder } = await opened();
  const second = ["--tenant", "2"];
  await run("tenants", "create", "二店");
  expect((await run("sms", "balance", ...second)).stderr).toContain("channel-account.not-found");
  const file = join(folder, "sms.json");
  await writeFile(file, JSON.stringify({ providers: [{ name: "yunpian", apikey: "another-key" }] }));
  expect((await run("channels", "set-sms", "--file", file, ...second, "--json")).answer).toMatchObject({
    channel: "sms",
    providers: [{ name: "yunpian", weight: 1 }],
  });
  // The simulator knows another key.
  expect((await run("sms", "balance", ...second)).stderr).toContain("channel.unauthorized");
  await writeFile(file, '{"providers":[{"name":"yunpian"}]}');
  expect((await run("channels", "set-sms", "--file", file, ...second)).stderr).toContain("apikey is required");
  expect((await run("channels", "remove-sms", ...second)).code).toBe(0);
});

test("a text is counted and checked before it is sent", async () => {
  const { run } = await opened();
  const good = await run("sms", "check", "【喵星球】喵～好久不见 拒收请回复R", "--json");
  expect([good.code, good.answer]).toEqual([0, expect.objectContaining({ segments: 1, findings: [] })]);
  const bad = await run("sms", "check", "好久不见");
  expect(bad.code).toBe(1);
  expect(bad.stdout).toContain("sms.signature-missing");
});
