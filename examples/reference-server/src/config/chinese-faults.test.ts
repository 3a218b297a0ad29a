import { ConfigError } from "@recallkit/core";
import { describe, expect, test } from "vitest";
import { readConfig } from "../config.js";
import { faultsInChinese } from "./chinese-faults.js";
import { variables } from "./variables.js";

/** What no setting, or hardly any, can be. */
const WRONG = ["?!", "-1", "0", "x".repeat(5000), "a b", "http://x?y=1", "postgres:", "mysql://", "mysql:", "oracle:x"];

const faultsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readConfig(environment, "all");
    return [];
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.message.split("\n");
  }
};

describe("every fault of a setting has its sentence in Chinese", () => {
  test("for values that cannot be", () => {
    const lines = Object.keys(variables).flatMap((name) =>
      WRONG.flatMap((value) => faultsOf({ DATA_DIR: "/nowhere", [name]: value })),
    );
    expect(new Set(lines).size).toBeGreaterThan(80);
    expect(untold(lines)).toEqual([]);
  });

  test("for values that do not go together, and those that production does not take", () => {
    const alone = Object.keys(variables).flatMap((name) => faultsOf({ [name]: "x" }));
    const lines = [
      ...alone,
      ...faultsOf({ NODE_ENV: "production", SIMULATORS: "on", RATE_LIMITS: "off", BOOTSTRAP_PASSWORD: "password" }),
      ...faultsOf({
        NODE_ENV: "production",
        RABBITMQ_URL: "amqp://guest:guest@localhost",
        PUBLIC_URL: "http://shop.cn",
      }),
      ...faultsOf({ LEASE_MS: "5000", HEARTBEAT_MS: "6000", HEADERS_TIMEOUT_MS: "60000", SHORT_URL: "https://s.cn" }),
      ...faultsOf({ XXL_JOB_ADMIN_URL: "http://localhost:1", LLM_DAILY_COST: "2", NACOS_USERNAME: "n" }),
    ];
    expect(untold(lines)).toEqual([]);
  });
});

test("names and what they are about stay where they are", () => {
  expect(faultsInChinese("the environment is not usable\n  PORT: must be a whole number from 0 to 65535")).toBe(
    "环境变量有误\n  PORT：应为 0 到 65535 之间的整数",
  );
  expect(faultsInChinese("--to is the database of --from")).toBe("--to is the database of --from");
});

function untold(lines: readonly string[]): readonly string[] {
  return [...new Set(lines.map((line) => faultsInChinese(line)))].filter((line) => !/\p{Script=Han}/u.test(line));
}
