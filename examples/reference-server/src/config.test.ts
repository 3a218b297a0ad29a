import { ConfigError } from "@recallkit/core";
import { describe, expect, test } from "vitest";
import { modules } from "./app.js";
import { variables } from "./config/variables.js";
import { readConfig } from "./config.js";
import type { ServerRole } from "./frame/context.js";
import { authVariables } from "./modules/auth/variables.js";

const SECRET = "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8";

function faultsOf(environment: Record<string, string>, role: ServerRole = "all"): string {
  try {
    readConfig(environment, role);
  } catch (error) {
    if (ConfigError.is(error)) return error.message;
  }
  return "";
}

describe("readConfig", () => {
  test("an empty environment is usable", () => {
    expect(readConfig({})).toMatchObject({
      host: "127.0.0.1",
      port: 8000,
      dataDir: "./data",
      database: { engine: "sqlite", file: "data/recallkit.db" },
      usesSimulators: true,
      usesSampleData: true,
      hasFrequencyCaps: true,
      timings: { resultsPollMs: 1000 },
    });
  });

  test("empty texts count as unset", () => {
    expect(readConfig({ PORT: "", WECOM_CORP_ID: " ", DATABASE_URL: "" })).toEqual(readConfig({}));
  });

  test.each([
    ["sqlite:./data/shop.db", "./data/shop.db"],
    ["sqlite:shop.db", "shop.db"],
    ["sqlite:///var/lib/shop.db", "/var/lib/shop.db"],
    ["sqlite:////var/lib/shop.db", "/var/lib/shop.db"],
    ["sqlite+aiosqlite:///./shop.db", "./shop.db"],
    ["sqlite::memory:", ":memory:"],
  ])("%s names the file %s", (url, file) => {
    expect(readConfig({ DATABASE_URL: url }).database).toEqual({ engine: "sqlite", file });
  });

  test.each<[Record<string, string>, string]>([
    [{ WECOM_CALLBACK_TOKEN: "QDG6eK" }, "WECOM_CALLBACK_AES_KEY: is missing"],
    [{ WECOM_CALLBACK_AES_KEY: "a".repeat(43) }, "WECOM_CALLBACK_TOKEN: is missing"],
    [{ WECOM_CALLBACK_TOKEN: "a b", WECOM_CALLBACK_AES_KEY: "a".repeat(43) }, "WECOM_CALLBACK_TOKEN: must be"],
    [{ WECOM_CALLBACK_TOKEN: "QDG6eK", WECOM_CALLBACK_AES_KEY: "hunter2" }, "WECOM_CALLBACK_AES_KEY: must be"],
    [
      { WECHAT_CALLBACK_TOKEN: "QDG6eK", WECOM_CALLBACK_AES_KEY: "a".repeat(43), SIMULATORS: "off" },
      "WECOM_CORP_ID: is missing beside the WECOM_CALLBACK_ variables",
    ],
  ])("callbacks of WeCom need all of their settings: %j", (environment, fault) => {
    const text = faultsOf(environment);
    expect(text).toContain(fault);
    expect(text).not.toContain("hunter2");
  });

  test("callbacks of the simulator need no corp", () => {
    const environment = { WECOM_CALLBACK_TOKEN: "QDG6eK", WECOM_CALLBACK_AES_KEY: "a".repeat(43) };
    expect(readConfig(environment).wecomCallback).toEqual({ token: "QDG6eK", encodingAesKey: "a".repeat(43) });
  });

  test.each([
    [{ RABBITMQ_URL: "http://guest:hunter2@q" }, "RABBITMQ_URL"],
    [{ XXL_JOB_ADMIN_URL: "http://hunter2" }, "XXL_JOB_ACCESS_TOKEN"],
    [{ NACOS_URL: "nowhere" }, "NACOS_URL"],
    [{ LLM_API_URL: "http://hunter2.example/v1/chat/completions" }, "LLM_API_URL"],
    [{ LLM_API_KEY: "hunter2 with blanks" }, "LLM_API_KEY"],
    [{ LLM_DAILY_COST: "5" }, "LLM_PRICE_INPUT"],
  ])("settings of engines are checked by name: %j", (environment, variable) => {
    const text = faultsOf(environment);
    expect(text).toContain(`${variable}: `);
    expect(text).not.toContain("hunter2");
  });

  test("the model is DeepSeek's until somebody says otherwise, and the key of the documentation is none", () => {
    const { llm } = readConfig({ LLM_API_KEY: "your-api-key" });
    expect(llm).toMatchObject({ url: "https://api.deepseek.com/v1/chat/completions", model: "deepseek-chat" });
    expect(llm.apiKey).toBeUndefined();
    expect(readConfig({ LLM_API_KEY: "sk-1", LLM_MODEL: "qwen-plus" }).llm).toMatchObject({
      apiKey: "sk-1",
      model: "qwen-plus",
    });
  });

  test.each([
    [
      { DATABASE_URL: "postgresql+asyncpg://shop:hunter2@db:5433/recall" },
      "postgres://shop:hunter2@db:5433/recall",
      "public",
    ],
    [{ POSTGRES_URL: "postgres://shop@db/recall?schema=shop_1" }, "postgres://shop@db/recall", "shop_1"],
    [
      { POSTGRES_HOST: "db", POSTGRES_PASSWORD: "p@ss/w" },
      "postgres://postgres:p%40ss%2Fw@db:5432/recallkit",
      "public",
    ],
  ])("%j names a PostgreSQL database", (environment, url, schema) => {
    expect(readConfig(environment).database).toEqual({ engine: "postgres", url, schema });
  });

  test.each(["postgres:", "postgres://db", "mysql:", "mysql://db", "postgres://shop:hunter2@db/x?schema=Robert'--"])(
    "%s names none",
    (url) => {
      const text = faultsOf({ DATABASE_URL: url });
      expect(text).toContain("DATABASE_URL: ");
      expect(text).not.toContain("hunter2");
    },
  );

  test.each([
    [
      { DATABASE_URL: "mysql+pymysql://shop:hunter2@db:3307/recall?charset=utf8" },
      "mysql://shop:hunter2@db:3307/recall",
    ],
    [{ DATABASE_URL: "mariadb://shop@db/recall" }, "mysql://shop@db/recall"],
    [{ DB_HOST: "db", DB_PASSWORD: "p@ss/w" }, "mysql://root:p%40ss%2Fw@db:3306/recallkit"],
    [{ DB_HOST: "db", DB_USER: "shop", DB_NAME: "recall" }, "mysql://shop@db:3306/recall"],
  ])("%j names a MySQL database", (environment, url) => {
    expect(readConfig(environment).database).toEqual({ engine: "mysql", url });
  });

  test.each([
    [{ REDIS_URL: "rediss://:hunter2@cache:6380/1" }, "rediss://:hunter2@cache:6380/1"],
    [{ REDIS_HOST: "cache" }, "redis://cache:6379/0"],
    [
      { REDIS_HOST: "cache", REDIS_PORT: "6380", REDIS_PASSWORD: "p@ss", REDIS_DB: "2" },
      "redis://:p%40ss@cache:6380/2",
    ],
    [{}, undefined],
  ])("%j names a Redis", (environment, url) => {
    expect(readConfig(environment).redisUrl).toBe(url);
  });

  test("MySQL's variables are ignored beside a DATABASE_URL", () => {
    expect(readConfig({ DATABASE_URL: "sqlite:a.db", DB_HOST: "127.0.0.1" }).database).toMatchObject({ file: "a.db" });
  });

  test.each([
    ["PORT", "65536"],
    ["PORT", "8e3"],
    ["REDIS_URL", "http://cache"],
    ["DATABASE_URL", "file:a.db"],
    ["DATABASE_URL", "sqlite:"],
    ["SECRET_KEY", "your-secret-key"],
    ["SECRET_KEY", "a".repeat(64)],
    ["SIMULATORS", "true"],
    ["SAMPLE_DATA", "1"],
    ["TIME_ZONE", "Shanghai"],
    ["LOG_LEVEL", "loud"],
    ["WECOM_BASE_URL", "qyapi.weixin.qq.com"],
    ["WECOM_BATCH_SIZE", "10001"],
    ["WECOM_BATCH_SIZE", "0"],
    ["LEASE_MS", "-1"],
    ["HEARTBEAT_MS", "60000"],
    ["RECONCILE_SCHEDULE_MS", "1000,500"],
    ["RECONCILE_SCHEDULE_MS", "soon"],
    ["FREQUENCY_CAPS", "no"],
    ["BOOTSTRAP_PASSWORD", "short"],
    ["SECRET_KEY_PREVIOUS", "your-secret-key"],
    ["TRUST_PROXY", "true"],
    ["TRUST_PROXY", "10"],
    ["TRUST_PROXY", "0.0.0.0/0"],
    ["TRUST_PROXY", "10.0.0.0/33"],
    ["TRUST_PROXY", "proxy.example"],
    ["HEADERS_TIMEOUT_MS", "31000"],
    ["ALERT_WEBHOOK_URL", "http://hooks.example/a"],
    ["ALERT_WEBHOOK_URL", "soon"],
    ["ALERT_WEBHOOK_SECRET", "too short"],
    ["WECOM_AGENT_ID", "zero"],
  ])("%s=%s is refused by name, without its value", (variable, value) => {
    const text = faultsOf({ [variable]: value });
    expect(text).toContain(`${variable}: `);
    expect(text).not.toContain(`: ${value}`);
  });

  test("all faults come at once, those between variables included", () => {
    const text = faultsOf({
      NODE_ENV: "production",
      PORT: "x",
      SIMULATORS: "on",
      FREQUENCY_CAPS: "off",
      WECOM_CORP_ID: "ww1",
    });
    for (const variable of ["PORT", "SIMULATORS", "FREQUENCY_CAPS", "WECOM_SECRET", "SECRET_KEY"]) {
      expect(text).toContain(`${variable}: `);
    }
  });

  test.each(["SIMULATORS=on", "SAMPLE_DATA=on", "FREQUENCY_CAPS=off", "QUIET_HOURS=off", "RATE_LIMITS=off"])(
    "production refuses %s",
    (setting) => {
      const [name = "", value = ""] = setting.split("=");
      expect(faultsOf({ NODE_ENV: "production", SECRET_KEY: SECRET, [name]: value })).toContain(`${name}: `);
    },
  );

  test.each([
    ["12345678901234"],
    ["password1234"],
    ["Admin-2026-x"],
    ["aaaaaaaaaaaaaaaa"],
    ["changeme-changeme"],
    ["recallkit-1"],
  ])("production refuses the login password %s", (password) => {
    const text = faultsOf({ NODE_ENV: "production", SECRET_KEY: SECRET, BOOTSTRAP_PASSWORD: password });
    expect(text).toContain("BOOTSTRAP_PASSWORD: ");
    expect(text).not.toContain(password);
  });

  test("production takes a long phrase for the login, though it may hold a common word", () => {
    const BOOTSTRAP_PASSWORD = "seven admin cats on a warm roof";
    expect(faultsOf({ NODE_ENV: "production", SECRET_KEY: SECRET, BOOTSTRAP_PASSWORD })).toBe("");
  });

  test.each([
    ["", false],
    ["1", 1],
    ["loopback", ["loopback"]],
    ["10.0.0.0/8, fd00::/8,192.0.2.7", ["10.0.0.0/8", "fd00::/8", "192.0.2.7"]],
  ])("TRUST_PROXY=%s trusts %j", (text, expected) => {
    expect(readConfig({ TRUST_PROXY: text }).trustProxy).toEqual(expected);
  });

  test("a webhook for alarms needs both its variables", () => {
    const ALERT_WEBHOOK_URL = "https://hooks.example/a";
    expect(faultsOf({ ALERT_WEBHOOK_URL })).toContain("ALERT_WEBHOOK_SECRET: ");
    expect(faultsOf({ ALERT_WEBHOOK_SECRET: SECRET })).toContain("ALERT_WEBHOOK_URL: ");
    expect(readConfig({ ALERT_WEBHOOK_URL, ALERT_WEBHOOK_SECRET: SECRET }).alertWebhook).toEqual({
      url: ALERT_WEBHOOK_URL,
      secret: SECRET,
    });
  });

  test("production listens everywhere and makes nothing up", () => {
    expect(readConfig({ NODE_ENV: "production", SECRET_KEY: SECRET })).toMatchObject({
      host: "0.0.0.0",
      usesSimulators: false,
      usesSampleData: false,
    });
  });

  test("WeCom's credentials have other names too, and switch the simulator and the sample shop off", () => {
    const config = readConfig({ WECHAT_CORP_ID: "ww1", WEWORK_SECRET: "s", WECOM_BASE_URL: "http://127.0.0.1:9" });
    expect(config).toMatchObject({
      wecom: { corpId: "ww1", secret: "s", baseUrl: "http://127.0.0.1:9" },
      usesSimulators: false,
      usesSampleData: false,
    });
  });

  test("providers of SMS come from the environment, the first gets everybody, and real ones end the simulators", () => {
    const config = readConfig({
      YUNPIAN_API_KEY: "key",
      YUNPIAN_BASE_URL: "http://127.0.0.1:9",
      ALIBABA_CLOUD_ACCESS_KEY_ID: "id",
      ALIYUN_ACCESS_KEY_SECRET: "secret",
      TENCENT_SECRET_ID: "id",
      TENCENTCLOUD_SECRET_KEY: "secret",
      TENCENT_SMS_APP_ID: "1400000000",
      SMS_SIGNATURE: "【喵星球】",
    });
    expect(config).toMatchObject({ usesSimulators: false, usesSmsSimulator: false, usesSampleData: false });
    expect(config.sms).toEqual({
      signature: "喵星球",
      providers: [
        { name: "yunpian", weight: 1, apikey: "key", uid: false, baseUrl: "http://127.0.0.1:9/v2" },
        { name: "aliyun", weight: 0, accessKeyId: "id", accessKeySecret: "secret" },
        { name: "tencent", weight: 0, secretId: "id", secretKey: "secret", sdkAppId: "1400000000" },
      ],
    });
  });

  test.each([
    ["aliyun,yunpian", ["aliyun 1", "yunpian 0"]],
    ["yunpian:3,aliyun:1", ["yunpian 3", "aliyun 1"]],
    ["aliyun", ["aliyun 1"]],
  ])("SMS_PROVIDERS=%s says who is asked first", (order, expected) => {
    const keys = { YUNPIAN_API_KEY: "k", ALIYUN_ACCESS_KEY_ID: "id", ALIYUN_ACCESS_KEY_SECRET: "s" };
    const { sms } = readConfig({ ...keys, SMS_PROVIDERS: order });
    expect(sms?.providers.map(({ name, weight }) => `${name} ${weight}`)).toEqual(expected);
  });

  test.each([
    [{ YUNPIAN_BASE_URL: "http://127.0.0.1:9" }, "YUNPIAN_API_KEY: is missing"],
    [{ ALIYUN_ACCESS_KEY_ID: "id" }, "ALIYUN_ACCESS_KEY_SECRET: is missing"],
    [{ TENCENT_SMS_REGION: "ap-beijing" }, "TENCENT_SMS_APP_ID: is missing"],
    [{ YUNPIAN_API_KEY: "k", SMS_PROVIDERS: "yunpian,aliyun" }, "SMS_PROVIDERS: names aliyun"],
    [{ YUNPIAN_API_KEY: "k", SMS_PROVIDERS: "yunpian:1,aliyun" }, "SMS_PROVIDERS: must be"],
    [{ YUNPIAN_API_KEY: "k", SMS_PROVIDERS: "yunpian:0" }, "SMS_PROVIDERS: needs a weight"],
    [{ YUNPIAN_API_KEY: "k", SMS_SIGNATURE: "1" }, "SMS_SIGNATURE: must have"],
    [{ YUNPIAN_API_KEY: "has blanks" }, "YUNPIAN_API_KEY: must be"],
    [{ YUNPIAN_API_KEY: "k", YUNPIAN_PULL: "yes" }, "YUNPIAN_PULL: must be on or off"],
  ])("what SMS misses is told: %j", (environment, fault) => {
    expect(faultsOf(environment)).toContain(fault);
  });

  test("simulators that are asked for stand in for what has no account, without made-up people", () => {
    const mixed = readConfig({ SIMULATORS: "on", YUNPIAN_API_KEY: "k" });
    expect(mixed).toMatchObject({ usesSimulators: true, usesSmsSimulator: false, usesSampleData: false });
    expect(readConfig({ SIMULATORS: "off" })).toMatchObject({ usesSmsSimulator: false, pullsYunpian: false });
    expect(readConfig({})).toMatchObject({ usesSmsSimulator: true, pullsYunpian: true });
    expect(readConfig({ NODE_ENV: "production", SECRET_KEY: SECRET }).usesSmsSimulator).toBe(false);
  });

  test.each(["api", "worker", "scheduler"] as const)("the role %s runs no simulator and no sample", (role) => {
    expect(readConfig({ SAMPLE_DATA: "on" }, role)).toMatchObject({ usesSimulators: false, usesSampleData: false });
  });

  test("timings reach the engine", () => {
    const { timings, providerTimeoutMs } = readConfig({
      LEASE_MS: "900",
      PROVIDER_TIMEOUT_MS: "700",
      SETTLE_WINDOW_MS: "0",
      SEND_DEADLINE_MS: "500",
      CALL_DEADLINE_MS: "30000",
      SWEEP_INTERVAL_MS: "100",
      RESULTS_POLL_MS: "60",
      RECONCILE_SCHEDULE_MS: "100, 200,400",
    });
    expect(timings).toEqual({
      leaseMs: 900,
      heartbeatMs: 300,
      settleWindowMs: 0,
      sendDeadlineMs: 500,
      callDeadlineMs: 30_000,
      sweepIntervalMs: 100,
      resultsPollMs: 60,
      reconcileScheduleMs: [100, 200, 400],
    });
    expect(providerTimeoutMs).toBe(700);
  });

  test("every variable of a module is part of the environment", () => {
    for (const { config = {} } of modules) expect(variables).toMatchObject(config);
    expect(Object.keys(authVariables)).not.toHaveLength(0);
  });
});
