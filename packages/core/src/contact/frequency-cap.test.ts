import { describe, expect, test } from "vitest";
import { backoffMs } from "../delivery/backoff.js";
import { parseRule } from "../rule/parse-rule.js";
import { capPolicy, DEFAULT_FREQUENCY_CAPS } from "./frequency-cap.js";

describe("backing off", () => {
  test("waits a random part of a doubling time, at most the cap", () => {
    expect([0, 1, 2, 5, 6, 60].map((tries) => backoffMs(0.999_999, tries))).toEqual([
      999, 1999, 3999, 31_999, 59_999, 59_999,
    ]);
    expect(backoffMs(0, 10)).toBe(0);
    expect(backoffMs(0.5, 3, 100, 600)).toBe(300);
  });
});

describe("caps", () => {
  const rule = parseRule({
    channel: "wecom",
    name: "r",
    segment: { everybody: true },
    validFrom: "2026-01-01",
    validTo: "2026-12-31",
    content: { text: "a" },
  });
  // The policy reads nothing else of the context.
  const context = { caps: DEFAULT_FREQUENCY_CAPS } as Parameters<typeof capPolicy>[0];

  const slot = (timeZone: string) => ({ timeZone, kind: "slot" as const });

  test("count the calendar day of the rule's zone and the last seven days", () => {
    const now = Date.UTC(2026, 5, 1, 2);
    expect(capPolicy(context, rule, slot("Asia/Shanghai"), now)).toEqual({
      now,
      dayStart: Date.UTC(2026, 4, 31, 16),
      maxPerDay: 1,
      weekStart: now - 7 * 86_400_000,
      maxPerWeek: 3,
      minGapMs: 48 * 3_600_000,
    });
    expect(capPolicy(context, rule, slot("America/New_York"), now)?.dayStart).toBe(Date.UTC(2026, 4, 31, 4));
  });

  test("do not exist for transactional messages, for tests, or when they are off", () => {
    expect(capPolicy(context, { ...rule, messageClass: "transactional" }, slot("UTC"), 0)).toBeNull();
    expect(capPolicy({ ...context, caps: null }, rule, slot("UTC"), 0)).toBeNull();
    expect(capPolicy(context, rule, { timeZone: "UTC", kind: "test" }, 0)).toBeNull();
  });
});
