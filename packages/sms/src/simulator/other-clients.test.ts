import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { startSmsSimulator } from "./index.js";

const require = createRequire(import.meta.url);

// The client holds its host fast: in a process of its own, what it says to *.yunpian.com goes to the simulator, byte for byte.
const PROGRAM = `
const http = require("node:http");
const https = require("node:https");
https.request = ({ host, ...options }, done) => {
  if (!host.endsWith(".yunpian.com")) throw new Error("a call to " + host);
  const to = { protocol: "http:", host: "127.0.0.1", hostname: "127.0.0.1", port: process.env.SIMULATOR_PORT };
  return http.request({ ...options, agent: undefined, ...to }, done);
};
const { SMS, USER } = require(process.env.CLIENT);
(async () => {
  const sms = new SMS({ apikey: "simulator-apikey" });
  const answers = [
    await sms.singleSend({ mobile: "13800138008", text: "【示例】您的验证码是1234" }),
    await sms.batchSend({ mobile: "13800138018,13800138028", text: "【示例】您的订单已发货" }),
    await sms.singleSend({ mobile: "13800138008", text: "" }),
    await new SMS({ apikey: "wrong" }).singleSend({ mobile: "13800138008", text: "【示例】您的验证码是1234" }),
  ];
  process.stdout.write(JSON.stringify(answers));
})();
`;

test("yunpian-sdk 1.0.0 takes the simulator for Yunpian", async () => {
  const simulator = await startSmsSimulator();
  onTestFinished(() => simulator.close());
  const folder = await mkdtemp(join(tmpdir(), "recallkit-sms-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const program = join(folder, "client.cjs");
  await writeFile(program, PROGRAM);
  const CLIENT = require.resolve("yunpian-sdk");
  const { port: SIMULATOR_PORT } = new URL(simulator.url);
  const env = { PATH: process.env.PATH, CLIENT, SIMULATOR_PORT };
  const { stdout } = await promisify(execFile)(process.execPath, ["--no-deprecation", program], { env });
  const [one, many, empty, stranger] = JSON.parse(stdout) as readonly object[];
  expect(one).toMatchObject({ code: 0, count: 1, mobile: "13800138008", sid: expect.any(Number) });
  expect(many).toMatchObject({ total_count: 2, data: [{ code: 0 }, { code: 0 }] });
  expect(empty).toMatchObject({ code: 1 });
  expect(stranger).toMatchObject({ code: -1 });
  expect([...simulator.ledger.sentPerNumber().values()]).toEqual([1, 1, 1]);
});
