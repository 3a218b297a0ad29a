import { describe, expect, test } from "vitest";
import { type Alert, alertChanges, type Finding, isToBeTold } from "./alert.js";

const MINUTE = 60_000;
const finding: Finding = { kind: "job_error", subject: "report", detail: { run: 1 } };
const alert = (part: Partial<Alert> = {}): Alert => ({
  ...finding,
  ...{ id: 1, state: "open", openedAt: 0, seenAt: 0, acknowledgedBy: null },
  ...{ recoveredAt: null, toldAt: null, isRecoveryTold: false },
  ...part,
});

describe("what is found", () => {
  test("is one alert however often it is found, in one look or many", () => {
    expect(alertChanges([], [finding, finding]).opened).toEqual([finding]);
    const later = { ...finding, detail: { run: 2 } };
    expect(alertChanges([alert()], [later])).toEqual({
      opened: [],
      seen: [{ id: 1, detail: { run: 2 } }],
      recovered: [],
    });
  });

  test("of another kind or about something else is another alert", () => {
    const others: readonly Finding[] = [
      { ...finding, subject: "clean-up" },
      { ...finding, kind: "duration" },
    ];
    expect(alertChanges([alert()], [finding, ...others]).opened).toEqual(others);
  });

  test("and is found no more has recovered", () => {
    expect(alertChanges([alert()], [])).toEqual({ opened: [], seen: [], recovered: [1] });
  });
});

test.each([
  ["a new one", alert(), 0, true],
  ["one that was just told", alert({ toldAt: 0 }), 59 * MINUTE, false],
  ["one that goes on for an hour", alert({ toldAt: 0 }), 60 * MINUTE, true],
  ["one that somebody looks after", alert({ toldAt: 0, state: "acknowledged" }), 600 * MINUTE, false],
  ["one that is over", alert({ toldAt: 0, state: "recovered" }), 0, true],
  ["one whose end was told", alert({ toldAt: 0, state: "recovered", isRecoveryTold: true }), 0, false],
  ["one that was over before anybody heard", alert({ state: "recovered" }), 0, false],
])("%s is told, or not", (_, each, now, expected) => {
  expect(isToBeTold(each, now, 60 * MINUTE)).toBe(expected);
});
