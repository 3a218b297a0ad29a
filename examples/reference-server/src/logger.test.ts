import { describe, expect, test } from "vitest";
import { jsonLogger } from "./logger.js";

function logged(level: Parameters<typeof jsonLogger>[0], secrets: readonly string[] = []) {
  const lines: string[] = [];
  return { lines, logger: jsonLogger(level, { secrets, stream: { write: (line: string) => lines.push(line) } }) };
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

  test("takes secrets of the installation out of every text", () => {
    const { lines, logger } = logged("info", ["the-corp-secret"]);
    logger.warn("call.failed", { reason: "key is the-corp-secret!", token: "t0ken" });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ reason: "key is [redacted]!", token: "[redacted]" });
  });

  test("leaves out what is below its level", () => {
    const { lines, logger } = logged("warn");
    logger.debug("a");
    logger.info("b");
    logger.warn("c");
    expect(lines).toHaveLength(1);
  });
});
