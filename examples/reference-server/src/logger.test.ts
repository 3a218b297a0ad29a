import { describe, expect, test } from "vitest";
import { jsonLogger } from "./logger.js";

function logged(level: Parameters<typeof jsonLogger>[0]) {
  const lines: string[] = [];
  return { lines, logger: jsonLogger(level, { write: (line: string) => lines.push(line) }) };
}

describe("jsonLogger", () => {
  test("writes one line of JSON per event", () => {
    const { lines, logger } = logged("info");
    logger.info("batch.sent", { batchId: 7 });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      batchId: 7,
      msg: "batch.sent",
    });
  });

  test("never writes what is named like a secret", () => {
    const { lines, logger } = logged("debug");
    logger.error("call.failed", { token: "t0ken", access_token: "t0ken", password: "t0ken", mobile: "t0ken" });
    expect(lines[0]).not.toContain("t0ken");
  });

  test("leaves out what is below its level", () => {
    const { lines, logger } = logged("warn");
    logger.debug("a");
    logger.info("b");
    logger.warn("c");
    expect(lines).toHaveLength(1);
  });
});
