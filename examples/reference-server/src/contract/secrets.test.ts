import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { expect, test } from "vitest";
import { jsonLogger } from "../logger.js";
import { type Answer, startTestServer } from "../testing/test-server.js";
import { PUSH } from "./shop.js";

// Every one is found again by its text, wherever it should not be.
const CONFIGURED = {
  SECRET_KEY: "planted-secret-key-0123456789-abcdef",
  SECRET_KEY_PREVIOUS: "planted-previous-key-0123456789-xyz",
  WECOM_SECRET: "planted-corp-secret-1",
  BOOTSTRAP_PASSWORD: "planted boot phrase 1",
  ALERT_WEBHOOK_SECRET: "planted-webhook-secret-0123456789-q",
};
const SENT = {
  userPassword: "planted user phrase 2",
  wrongPassword: "planted wrong phrase 3",
  accountSecret: "planted-account-secret-4",
  bearer: "planted_bearer_token_0123456789",
  query: "planted-query-token-5",
};
/** In the database by right, in no log line and no error. */
const PERSONAL = {
  mobile: "13912345678",
  name: "普兰特小姐",
  address: "wm_planted_person",
  email: "planted@shop.example",
};
const MESSAGE = "planted text of a message https://shop.example/r";

test("planted secrets are in no log line, no file of the database and no answer; people are in no log line and no error", async () => {
  const simulator = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: CONFIGURED.WECOM_SECRET }] });
  const dataDir = await mkdtemp(join(tmpdir(), "recallkit-secrets-"));
  const lines: string[] = [];
  const logger = jsonLogger("trace", {
    secrets: Object.values(CONFIGURED),
    stream: { write: (line: string) => lines.push(line) },
  });
  const server = await startTestServer(
    {
      ...CONFIGURED,
      DATA_DIR: dataDir,
      WECOM_CORP_ID: "ww1",
      WECOM_BASE_URL: simulator.url,
      WECOM_AGENT_ID: "1000002",
      // Nobody listens there: every alarm fails to be handed on.
      ALERT_WEBHOOK_URL: "http://127.0.0.1:9/alerts",
      RESULTS_POLL_MS: "50",
    },
    { logger, password: CONFIGURED.BOOTSTRAP_PASSWORD },
  );
  const answers: Answer[] = [];
  const secretTokens: string[] = [server.token];
  const call = async (...args: Parameters<typeof server.call>) => {
    const answer = await server.call(...args);
    answers.push(answer);
    return answer;
  };
  const json = { "content-type": "application/json" };
  const login = async (body: unknown) => {
    answers.push(await server.request("POST", "/login", { body: JSON.stringify(body), headers: json }));
  };

  try {
    const { kit } = server.context;
    await kit.customers.upsert([
      {
        externalKey: "c1",
        name: PERSONAL.name,
        mobile: `+86${PERSONAL.mobile}`,
        email: PERSONAL.email,
        externalUserId: PERSONAL.address,
      },
    ]);
    await call("POST", "/api/users", { body: { username: "planted-user", password: SENT.userPassword } });
    await login({ username: "planted-user", password: SENT.wrongPassword });
    await login({ username: SENT.wrongPassword, password: "x" });
    await login({ username: "planted-user", password: SENT.wrongPassword, extra: SENT.wrongPassword });
    await login([SENT.wrongPassword]);
    secretTokens.push(await server.logIn("planted-user", SENT.userPassword));
    const key = await server.post("/api/api-keys", { name: "k", scopes: ["push:read"] });
    secretTokens.push((key.json as { token: string }).token);
    await call("PUT", "/api/tenants/1/channel-accounts/wecom", {
      body: { corp_id: "ww2", secret: SENT.accountSecret },
      headers: { "idempotency-key": "planted-1" },
    });
    await call("POST", "/api/me/password", {
      body: { current_password: SENT.wrongPassword, new_password: SENT.userPassword },
      headers: { "idempotency-key": "planted-2" },
    });
    // Refused by the provider, since the corp is none of the simulator's: the engine logs it.
    await call("POST", "/wechatpush/create", { body: { ...PUSH, content: MESSAGE } });
    const { items } = await kit.rules.list();
    const id = items[0]?.id ?? 0;
    await call("POST", "/wechatpush/test", { body: { id, staffUserids: ["zhangsan"] } });
    await call("POST", "/wechatpush/run", { body: { id } });
    await expect.poll(() => lines.join("").includes("wecom.call-refused"), { timeout: 60_000 }).toBe(true);
    await call("DELETE", "/api/tenants/1/channel-accounts/wecom");
    simulator.faults.push({ on: "add_msg_template", kind: "accept-then-reset" });
    await call("POST", "/wechatpush/run", { body: { id } });
    // Requests that are wrong in every way, with something planted in each place.
    await call("GET", `/api/ops/batches?state=${SENT.query}`);
    await call("GET", `/api/nothing/${SENT.query}`, { headers: { cookie: `token=${SENT.query}` } });
    await call("POST", "/wechatpush/test", { body: { id, externalUserids: [PERSONAL.mobile, PERSONAL.name] } });
    await call("POST", "/api/suppressions", { body: { customer_key: PERSONAL.mobile, reason: "x" } });
    await call("GET", "/api/me", { token: SENT.bearer });
    answers.push(
      await server.request("POST", "/wechatpush/create", {
        body: `{"name":"${SENT.query}",`,
        headers: { ...json, authorization: `Bearer ${server.token}` },
      }),
    );
  } finally {
    await server.close();
    await simulator.close();
  }

  const secrets = [...Object.values(CONFIGURED), ...Object.values(SENT), ...secretTokens].filter(Boolean);
  expect(secrets).toHaveLength(Object.keys(CONFIGURED).length + Object.keys(SENT).length + 3);
  const people = Object.values(PERSONAL);
  const log = lines.join("");
  const errors = answers.filter(({ status }) => status >= 400).map(({ text }) => text);
  const files = await Promise.all((await readdir(dataDir)).map((name) => readFile(join(dataDir, name), "latin1")));
  await rm(dataDir, { recursive: true, force: true });

  expect(lines.length).toBeGreaterThan(20);
  expect(errors.length).toBeGreaterThan(8);
  expect(files.join("").length).toBeGreaterThan(100_000);
  for (const secret of secrets) {
    expect([secret, log.includes(secret)]).toEqual([secret, false]);
    expect([secret, files.some((file) => file.includes(secret))]).toEqual([secret, false]);
    expect([secret, answers.some(({ text }) => text.includes(secret))]).toEqual([secret, false]);
  }
  for (const planted of [...people, MESSAGE]) {
    expect([planted, log.includes(planted)]).toEqual([planted, false]);
    expect([planted, errors.some((text) => text.includes(planted))]).toEqual([planted, false]);
  }
});
