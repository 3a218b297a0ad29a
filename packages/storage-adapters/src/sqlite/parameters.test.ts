import { InputError, systemClock } from "@recallkit/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { encodeParameters } from "../sql/parameters.js";
import { sqliteConnection } from "./connection.js";
import { drivers } from "./test-support.js";

const LARGEST = Number.MAX_SAFE_INTEGER;

describe("encoding parameters", () => {
  test("integers become bigints, fractions stay numbers, booleans become 0 and 1", () => {
    expect(encodeParameters([1, -0, LARGEST, -LARGEST, 1.5, true, false, 7n, null, "a"])).toEqual([
      1n,
      0n,
      9007199254740991n,
      -9007199254740991n,
      1.5,
      1n,
      0n,
      7n,
      null,
      "a",
    ]);
  });

  test.each([
    ["undefined", undefined],
    ["a date", new Date(0)],
    ["an object", { a: 1 }],
    ["a list", [1]],
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["2^53", LARGEST + 1],
    ["-2^53", -LARGEST - 1],
    ["bigint 2^53", 9007199254740992n],
    ["bigint -2^53", -9007199254740992n],
    ["bigint 2^64", 2n ** 64n],
    ["a symbol", Symbol("x")],
    ["a function", () => 1],
  ])("%s is refused and not quoted", (_, value) => {
    expect(() => encodeParameters([0, value])).toThrow(
      expect.objectContaining({
        code: "storage.invalid-parameter",
        message: expect.stringMatching(/^SQL parameter 1 /),
      }),
    );
  });

  test("a text with NUL is bad input", () => {
    const run = () => encodeParameters(["fine", "a\0b"]);
    expect(run).toThrow(InputError);
    expect(run).toThrow(expect.objectContaining({ issues: [expect.objectContaining({ path: "parameters.1" })] }));
  });
});

describe.each(drivers)("binding through $name", (driver) => {
  function connection() {
    const opened = sqliteConnection(driver.open(":memory:"), systemClock, () => {});
    onTestFinished(() => opened.close());
    return opened;
  }

  test.each([
    ["integer", 1, 1],
    ["integer", -1, -1],
    ["integer", LARGEST, LARGEST],
    ["integer", -LARGEST, -LARGEST],
    ["integer", true, 1],
    ["integer", false, 0],
    ["integer", 12n, 12],
    ["real", 1.5, 1.5],
    ["null", null, null],
    ["text", "", ""],
    ["text", "猫粮 🐱 𠮷 e\u0301", "猫粮 🐱 𠮷 e\u0301"],
    ["blob", new Uint8Array([0, 255]), new Uint8Array([0, 255])],
    ["blob", new Uint8Array([9, 1, 2, 9]).subarray(1, 3), new Uint8Array([1, 2])],
    ["blob", new Uint8Array(), new Uint8Array()],
  ])("stores %s %s", (type, value, back) => {
    const { rows } = connection().execute("SELECT typeof(?) AS type, ? AS value", [value, value]);
    expect(rows).toStrictEqual([{ type, value: back }]);
  });

  test("an integer in a text column has no decimal point", () => {
    const db = connection();
    db.execute("CREATE TABLE t (a TEXT)", []);
    db.execute("INSERT INTO t VALUES (?)", [45]);
    expect(db.execute("SELECT a FROM t", []).rows).toStrictEqual([{ a: "45" }]);
  });

  test("rows are plain objects with the columns only", () => {
    const row = connection().execute("SELECT 1 AS a, 'x' AS b", []).rows[0] ?? {};
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    expect(Object.keys(row)).toEqual(["a", "b"]);
  });

  test("a stored integer beyond 2^53 - 1 is an error, never a rounded number", () => {
    const db = connection();
    for (const sql of ["SELECT 9007199254740993 AS n", "SELECT -9007199254740993 AS n"]) {
      expect(() => db.execute(sql, [])).toThrow(expect.objectContaining({ code: "storage.value-out-of-range" }));
    }
  });
});
