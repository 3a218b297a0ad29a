import { describe, expect, test } from "vitest";
import { credentialsKey, tokenExpiresAt, tokenSource } from "./access-token.js";
import { failureOf } from "./test-rig.js";

describe("tokenExpiresAt", () => {
  test.each([
    [7200, 6900_000],
    [3000, 2700_000],
    [100, 90_000],
    [0, 0],
    [-5, 0],
  ])("a token that lives %d s is used for %d ms", (seconds, ms) => {
    expect(tokenExpiresAt(1_000_000, seconds)).toBe(1_000_000 + ms);
  });
});

describe("credentialsKey", () => {
  test("differs by address, corp and secret, and shows none of them", () => {
    const keys = [
      credentialsKey("token", "https://a.cn", "ww1", "secret-1"),
      credentialsKey("token", "https://a.cn", "ww1", "secret-2"),
      credentialsKey("token", "https://a.cn", "ww2", "secret-1"),
      credentialsKey("token", "https://b.cn", "ww1", "secret-1"),
      credentialsKey("media", "https://a.cn", "ww1", "secret-1"),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^wecom:(token|media):[0-9a-f]{32}$/);
  });
});

test("a token cache that is away proves that nothing was sent", async () => {
  const away = { getOrFetch: () => Promise.reject(new Error("connection lost")), expire: async () => {} };
  const source = tokenSource(away, "key", async () => ({ value: "t", expiresAt: 0 }));
  expect(await failureOf(source.current(undefined))).toMatchObject({ effect: "NOT_SENT", retryable: true });
});

test("a caller that has already given up gets no token", async () => {
  const cache = { getOrFetch: async () => "t", expire: async () => {} };
  const source = tokenSource(cache, "key", async () => ({ value: "t", expiresAt: 0 }));
  expect(await failureOf(source.current(AbortSignal.abort()))).toMatchObject({ code: "channel.aborted" });
});
