import { describe, expect, test } from "vitest";
import { deriveKey } from "../secret/derive-key.js";
import { batchMarker } from "./marker.js";

const secret = "0123456789abcdef0123456789abcdef";
const parts = { ruleId: 1, kind: "slot", nominal: "2026-06-01T11:00", channel: "wecom", number: 1 } as const;

describe("a marker", () => {
  test("is 12 base32 characters, the same for every attempt and on every machine", () => {
    const marker = batchMarker(deriveKey(secret, "marker", 1), parts);
    expect(marker).toMatch(/^[a-z2-7]{12}$/);
    expect(batchMarker(deriveKey(secret, "marker", 1), { ...parts })).toBe(marker);
  });

  test("differs with each of its parts, with the tenant and with the secret", () => {
    const key = deriveKey(secret, "marker", 1);
    const others = [
      batchMarker(key, { ...parts, ruleId: 2 }),
      batchMarker(key, { ...parts, kind: "manual" }),
      batchMarker(key, { ...parts, nominal: "2026-06-01T11:01" }),
      batchMarker(key, { ...parts, channel: "sms" }),
      batchMarker(key, { ...parts, number: 2 }),
      batchMarker(deriveKey(secret, "marker", 2), parts),
      batchMarker(deriveKey(secret, "links", 1), parts),
      batchMarker(deriveKey(`${secret}!`, "marker", 1), parts),
    ];
    expect(new Set([batchMarker(key, parts), ...others]).size).toBe(9);
  });

  test("is taken of exactly its parts, whatever else the row holds", () => {
    const key = deriveKey(secret, "marker", 1);
    const row = { ...parts, id: 7, salt: "x" };
    expect(batchMarker(key, row)).toBe(batchMarker(key, parts));
  });
});
