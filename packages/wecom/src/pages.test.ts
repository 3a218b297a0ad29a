import { describe, expect, test } from "vitest";
import { allPages } from "./pages.js";
import { allOf, failureOf } from "./test-rig.js";

describe("allPages", () => {
  test.each([[""], [null], [undefined]])("ends at the cursor %j and leaves empty pages out", async (end) => {
    const asked: (string | undefined)[] = [];
    const next: Record<string, string | null | undefined> = { first: "a", a: "b", b: end };
    const pages: unknown[] = [];
    for await (const page of allPages("list", async (cursor) => {
      asked.push(cursor);
      return { rows: cursor === "a" ? [] : [cursor ?? "first"], next: next[cursor ?? "first"] };
    })) {
      pages.push(page);
    }
    expect(asked).toEqual([undefined, "a", "b"]);
    expect(pages).toEqual([["first"], ["b"]]);
  });

  test("a cursor that comes again is an error, not a loop", async () => {
    let calls = 0;
    const circle = allPages("list", async (cursor) => {
      calls += 1;
      return { rows: [calls], next: cursor === "a" ? "b" : "a" };
    });
    expect(await failureOf(allOf(circle))).toMatchObject({ code: "channel.malformed-response", effect: "NOT_SENT" });
    expect(calls).toBe(3);
  });

  test("a list without an end is an error after 10 000 pages", async () => {
    let calls = 0;
    const endless = allPages("list", async () => {
      calls += 1;
      return { rows: [], next: `cursor ${calls}` };
    });
    await failureOf(allOf(endless));
    expect(calls).toBe(10_001);
  });
});
