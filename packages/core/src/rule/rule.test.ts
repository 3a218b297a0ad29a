import { describe, expect, test } from "vitest";
import { InputError } from "../errors.js";
import { parseRule } from "./parse-rule.js";
import { LATER_RULE_PARTS } from "./rule.js";

const rule = {
  channel: "wecom",
  name: "45天未购买用户召回",
  segment: { lapse: { minDays: 30, maxDays: 45 } },
  slots: [{ weekday: 1, time: "10:00" }],
  validFrom: "2026-01-01",
  validTo: "2026-12-31",
  content: { text: "喵～" },
};

/** Paths of all faults of the rule with some fields changed. */
function faults(changes: object): readonly string[] {
  try {
    parseRule({ ...rule, ...changes });
  } catch (error) {
    if (InputError.is(error)) return error.issues.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe("a rule", () => {
  test("fills in its defaults", () => {
    const { slots, ...rest } = rule;
    expect(parseRule(rest)).toEqual({
      ...rest,
      ...LATER_RULE_PARTS,
      slots: [],
      segment: { lapse: { minDays: 30, maxDays: 45, recency: "last-order" }, labelMode: "any", everybody: false },
      variables: {},
      messageClass: "marketing",
      channel: "wecom",
      catchUpMs: 3_600_000,
      expireAfterMs: 86_400_000,
      overlap: "skip",
      onUnknown: "hold",
    });
    expect(slots).toHaveLength(1);
  });

  test("tells all its faults at once, with dotted paths", () => {
    const input = {
      name: " ",
      segment: {},
      slots: [{ weekday: 8, time: "24:00" }],
      validFrom: "2026-02-30",
      validTo: "tomorrow",
      timeZone: "Mars/Olympus",
      content: {},
      colour: "red",
    };
    expect([...faults(input)].sort()).toEqual(
      [
        "colour",
        "content",
        "name",
        "segment",
        "slots.0.time",
        "slots.0.weekday",
        "timeZone",
        "validFrom",
        "validTo",
      ].sort(),
    );
  });

  test.each([
    [{ name: "x".repeat(256) }, "name"],
    [{ name: "two\nlines" }, "name"],
    [{ name: "bell\u0007" }, "name"],
    [{ validFrom: "2027-01-01" }, "validTo"],
    [{ slots: [0, 1].map(() => ({ weekday: 1, time: "10:00" })) }, "slots.1"],
    [{ slots: [{ weekday: 0, time: "10:00" }] }, "slots.0.weekday"],
    [{ slots: [{ weekday: "1", time: "10:00" }] }, "slots.0.weekday"],
    [{ slots: [{ weekday: 1, time: "9:00" }] }, "slots.0.time"],
    [{ slots: [{ weekday: 1, time: "10:00", zone: "UTC" }] }, "slots.0.zone"],
    [{ timeZone: "+08:00" }, "timeZone"],
    [{ catchUpMs: 9999 }, "catchUpMs"],
    [{ catchUpMs: 86_400_001 }, "catchUpMs"],
    [{ expireAfterMs: 59_999 }, "expireAfterMs"],
    [{ expireAfterMs: 604_800_001 }, "expireAfterMs"],
    [{ messageClass: "spam" }, "messageClass"],
    [{ overlap: "queue" }, "overlap"],
    [{ onUnknown: "retry" }, "onUnknown"],
    [{ channel: "" }, "channel"],
    [{ variables: { "1a": "x" } }, "variables.1a"],
    [{ variables: { a: "x".repeat(1001) } }, "variables.a"],
    [{ validFrom: "2026-12-25", validTo: "2026-12-27" }, "slots"],
  ])("refuses %j", (changes, path) => {
    expect(faults(changes)).toContain(path);
  });

  test.each([
    { validFrom: "2026-12-31", slots: [{ weekday: 4, time: "10:00" }] },
    { validFrom: "2026-12-31", slots: [] },
    { slots: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, time: "23:59" })) },
    { catchUpMs: 10_000, expireAfterMs: 60_000 },
    { catchUpMs: 86_400_000, expireAfterMs: 604_800_000 },
    { name: " 首 " },
    { timeZone: "America/New_York" },
  ])("takes %j", (changes) => {
    expect(faults(changes)).toEqual([]);
  });

  test("takes all 168 hours of a week", () => {
    const hours = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, "0")}:00`);
    const slots = [1, 2, 3, 4, 5, 6, 7].flatMap((weekday) => hours.map((time) => ({ weekday, time })));
    expect(faults({ slots })).toEqual([]);
    expect(faults({ slots: [...slots, { weekday: 1, time: "00:30" }] })).toEqual(["slots"]);
  });
});

describe("the variables of a rule", () => {
  test("are the built-in ones and its own", () => {
    expect(faults({ content: { text: "{{merchant_name}} {{rule_name}} {{date}}" } })).toEqual([]);
    expect(faults({ content: { text: "{{gift}}" }, variables: { gift: "猫粮" } })).toEqual([]);
  });

  test("are missed by name, in the text and in the title of a card", () => {
    const miniProgram = { title: "{{b}}", image: "https://img.example/a.png", page: "pages/a" };
    expect(faults({ content: { text: "{{a}} {{c}}", miniProgram }, variables: { c: "" } })).toEqual([
      "content.text",
      "content.miniProgram.title",
    ]);
  });
});
