import { expect, test } from "vitest";
import { keyRing } from "./key-ring.js";

const OLD = "an older secret of thirty-two characters";
const NEW = "a newer secret of thirty-two characters!";
const place = { purpose: "channel-account", tenantId: 7 };

test("what was sealed opens again, and the text is not in it", () => {
  const ring = keyRing({ secretKey: NEW });
  const sealed = ring.seal(place, "corp secret 密钥");
  expect(ring.open(place, sealed)).toBe("corp secret 密钥");
  expect(sealed).not.toContain("corp");
  expect(ring.seal(place, "corp secret 密钥")).not.toBe(sealed);
  expect(ring.isCurrent(place, sealed)).toBe(true);
});

test("an older secret opens what it sealed, until it is taken away", () => {
  const sealed = keyRing({ secretKey: OLD }).seal(place, "text");
  const rotated = keyRing({ secretKey: NEW, previous: [OLD] });
  expect(rotated.open(place, sealed)).toBe("text");
  expect(rotated.isCurrent(place, sealed)).toBe(false);
  expect(() => keyRing({ secretKey: NEW }).open(place, sealed)).toThrow(
    expect.objectContaining({ code: "config.invalid", option: "secretKey" }),
  );
});

test.each([
  ["another tenant", { ...place, tenantId: 8 }],
  ["another purpose", { ...place, purpose: "other" }],
])("a text moved to %s does not open", (_, elsewhere) => {
  const ring = keyRing({ secretKey: NEW });
  expect(() => ring.open(elsewhere, ring.seal(place, "text"))).toThrow();
});

test("every changed character is noticed", () => {
  const ring = keyRing({ secretKey: NEW });
  const sealed = ring.seal(place, "text");
  for (let at = 0; at < sealed.length - 1; at++) {
    const other = sealed[at] === "A" ? "B" : "A";
    if (sealed[at] === ".") continue;
    expect(() => ring.open(place, sealed.slice(0, at) + other + sealed.slice(at + 1))).toThrow();
  }
  expect(() => ring.open(place, "")).toThrow();
});

test("keys differ by purpose and tenant", () => {
  const ring = keyRing({ secretKey: NEW });
  const keys = [ring.derive("a", 1), ring.derive("b", 1), ring.derive("a", 2)].map((key) =>
    Buffer.from(key).toString("hex"),
  );
  expect(new Set(keys).size).toBe(3);
  expect(keys[0]).toHaveLength(64);
});
