import { describe, expect, test } from "vitest";
import { audienceDigest } from "./audience-digest.js";

describe("the digest of an audience", () => {
  async function* members(...keys: string[]) {
    for (const [index, externalKey] of keys.entries()) yield { customerId: index + 1, externalKey };
  }

  test("sorts keys by their bytes", async () => {
    // sha256 of "10\n9\nz\n\u{FF5A}\n\u{1F431}" and of nothing.
    const sorted = await audienceDigest(members("\u{1F431}", "z", "9", "\u{FF5A}", "10"));
    expect(sorted).toEqual({ count: 5, sha256: "30a1bf5cd8dc16c391210b927d2f3c07c1d75012b8c527d205e25cc718b7bc7a" });
    expect(await audienceDigest(members())).toEqual({
      count: 0,
      sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    });
  });

  test("walks audiences larger than one piece", async () => {
    const keys = Array.from({ length: 12_345 }, (_, index) => `c${index}`);
    expect((await audienceDigest(members(...keys))).count).toBe(12_345);
  });
});
