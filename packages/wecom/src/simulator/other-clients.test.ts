import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openSimulator, png } from "./test-client.js";

// Published clients have no types; what they answer is asserted.
type Callback = (error: Error | null, result: Record<string, unknown>) => void;
interface EnterpriseApi {
  prefix: string;
  getLatestToken(done: (error: Error | null) => void): void;
  uploadMedia(path: string, type: string, done: Callback): void;
  send(to: object, message: object, done: Callback): void;
}
interface WechatApi {
  prefix: string;
  uploadImageMedia(path: string): Promise<Record<string, unknown>>;
  request(url: string, options: object): Promise<Record<string, unknown>>;
}

const require = createRequire(import.meta.url);
const AGENT = 1_000_002;

async function picture(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-wecom-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "cat.png");
  await writeFile(file, png());
  return file;
}

const called = (run: (done: Callback) => void) =>
  new Promise<Record<string, unknown>>((resolve, reject) =>
    run((error, result) => (error ? reject(error) : resolve(result))),
  );

describe("published clients take the simulator for WeCom", () => {
  test("wechat-enterprise-api 0.3.0 gets a token, uploads and sends", async () => {
    const { simulator } = await openSimulator();
    const Api: new (
      corpId: string,
      secret: string,
      agentId: number,
    ) => EnterpriseApi = require("wechat-enterprise-api");
    const api = new Api("ww-simulator", "simulator-secret", AGENT);
    api.prefix = `${simulator.url}/cgi-bin/`;
    const file = await picture();
    const uploaded = await called((done) => api.uploadMedia(file, "image", done));
    expect(uploaded).toMatchObject({ errcode: 0, type: "image", media_id: expect.any(String) });
    const to = { touser: "staff-01|nobody" };
    const image = { msgtype: "image", image: { media_id: uploaded.media_id } };
    expect(await called((done) => api.send(to, image, done))).toMatchObject({ errcode: 0, invaliduser: "nobody" });
    expect(simulator.ledger.staffMessages).toMatchObject([{ userids: ["staff-01"], type: "image" }]);
    expect(simulator.ledger.uploads).toMatchObject([{ filename: "cat.png", bytes: 64 }]);
    const text = { msgtype: "text", text: { content: "a" } };
    const refused = called((done) => api.send({ touser: "nobody" }, text, done));
    await expect(refused).rejects.toMatchObject({ code: 81013, name: expect.stringMatching(/WeChatAPIError/) });
    const wrong = new Api("ww-simulator", "wrong", AGENT);
    wrong.prefix = api.prefix;
    await expect(called((done) => wrong.uploadMedia(file, "image", done))).rejects.toMatchObject({ code: 40001 });
  });

  test("co-wechat-api 3.11.0 uploads and sends with a token from a service of one's own", async () => {
    const { simulator, client } = await openSimulator();
    const Api: new (id: string, secret: string, get: () => Promise<object>) => WechatApi = require("co-wechat-api");
    const token = await client.token();
    const api = new Api("ww-simulator", "unused", async () => ({
      accessToken: token,
      expireTime: Date.now() + 60_000,
    }));
    api.prefix = `${simulator.url}/cgi-bin/`;
    const { media_id } = await api.uploadImageMedia(await picture());
    const send = (message: object) =>
      api.request(`${api.prefix}message/send?access_token=${token}`, {
        method: "POST",
        data: JSON.stringify({ agentid: AGENT, touser: "staff-01", ...message }),
        headers: { "Content-Type": "application/json" },
      });
    expect(await send({ msgtype: "image", image: { media_id } })).toMatchObject({ errcode: 0 });
    expect(simulator.ledger.staffMessages).toMatchObject([{ userids: ["staff-01"], type: "image" }]);
    await expect(send({ msgtype: "nothing" })).rejects.toMatchObject({ code: 40008 });
  });
});
