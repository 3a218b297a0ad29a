import { describe, expect, test } from "vitest";
import { BROWSERS, SCANNERS } from "../../testing/link-visitors.js";
import { visitorOf } from "./agents.js";

describe("a program that looks at links", () => {
  test.each(SCANNERS.map(({ name, headers }) => [name, headers] as const))("%s is known as one", (_, headers) => {
    expect(visitorOf(headers)).toBe("scanner");
  });
});

describe("a browser in somebody's hand", () => {
  test.each(BROWSERS.map(({ name, headers }) => [name, headers] as const))("%s is taken for a person", (_, headers) => {
    expect(visitorOf(headers)).toBe("person");
  });
});

test("there are at least thirty of the first and ten of the second kind", () => {
  expect(SCANNERS.length).toBeGreaterThanOrEqual(30);
  expect(BROWSERS.length).toBeGreaterThanOrEqual(10);
  expect(new Set([...SCANNERS, ...BROWSERS].map(({ name }) => name)).size).toBe(SCANNERS.length + BROWSERS.length);
});
