import { describe, expect, test } from "vitest";
import * as z from "zod";
import { InputError, RecallKitError } from "./errors.js";
import { issuesOf, parseInput } from "./zod-issues.js";

const schema = z.strictObject({ slots: z.array(z.strictObject({ time: z.string().min(5) })), name: z.string() });

describe("faults of an input", () => {
  test("all come at once, with dotted paths; an unknown field has its own", () => {
    const error = schema.safeParse({ slots: [{ time: "" }, { time: "10:00", zone: 1 }], extra: true, more: 1 }).error;
    expect(error && issuesOf(error).map(({ path, code }) => `${path} ${code}`)).toEqual([
      "slots.0.time too_small",
      "slots.1.zone unrecognized_keys",
      "name invalid_type",
      "extra unrecognized_keys",
      "more unrecognized_keys",
    ]);
    expect(error && issuesOf(error, "rule").map(({ path }) => path)).toContain("rule.slots.0.time");
  });

  test("of the whole input have an empty path", () => {
    const error = schema.safeParse(null).error;
    expect(error && issuesOf(error)).toMatchObject([{ path: "", code: "invalid_type" }]);
  });

  test("are thrown as one error that says where the first is", () => {
    const parse = () => parseInput(schema, { slots: [{ time: "" }] });
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(/at slots\.0\.time/);
    expect(parseInput(schema, { slots: [], name: "a" })).toEqual({ slots: [], name: "a" });
  });
});

test("errors are recognised across copies of the package", () => {
  const error = new InputError([]);
  expect(RecallKitError.is(error)).toBe(true);
  expect([RecallKitError.is(new Error("a")), RecallKitError.is(null), RecallKitError.is("a")]).toEqual([
    false,
    false,
    false,
  ]);
  expect(error).toMatchObject({
    name: "InputError",
    code: "input.invalid",
    retryable: false,
    message: "invalid input: unknown fault",
  });
});
