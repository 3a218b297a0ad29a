import { describe, expect, test } from "vitest";
import { DAY, HOUR, pushRig, START } from "../testing/push-rig.js";
import { seededRandom } from "../testing/seeded.js";
import { canonicalJson, type JsonValue } from "./canonical-json.js";
import { chainFacts, EVIDENCE_KINDS, type EvidencePack, evidenceText } from "./evidence-pack.js";
import { verifyEvidence } from "./verify-evidence.js";

const PACKS = process.env.RECALLKIT_FULL === "1" ? 1_000 : 12;

/** A pack with texts, numbers and names of every kind. */
function randomPack(seed: number): EvidencePack {
  const random = seededRandom(seed);
  const next = (below: number) => Math.floor(random.next() * below);
  const texts = ["", "喵", "🐱 é", 'a"b\\c', "\n\t", "__proto__", "10", "2", "\u007f\u2028"];
  const pick = () => texts[next(texts.length)] ?? "";
  const value = (depth: number): JsonValue => {
    const kinds: (() => JsonValue)[] = [
      pick,
      () => next(2 ** 31),
      () => -next(1_000) / 8,
      () => next(2) === 1,
      () => null,
    ];
    const nested: (() => JsonValue)[] = [
      () => Array.from({ length: next(3) }, () => value(depth - 1)),
      () => Object.fromEntries(Array.from({ length: next(3) }, () => [pick(), value(depth - 1)])),
    ];
    const all = depth > 0 ? [...kinds, ...nested] : kinds;
    return (all[next(all.length)] ?? pick)();
  };
  return chainFacts(
    Array.from({ length: 1 + next(3) }, () => ({
      kind: EVIDENCE_KINDS[next(EVIDENCE_KINDS.length)] ?? "pack",
      at: next(3) === 0 ? null : next(2 ** 31),
      facts: { a: value(2), b: pick(), "10": next(9), "9": null },
    })),
  );
}

describe("evidence", () => {
  test("canonical JSON is the same whatever the order of names, and is JSON", () => {
    const one = { b: [1, "é", null], "10": true, "9": { z: 1, a: 2 }, left: undefined };
    const other = { "9": { a: 2, z: 1 }, "10": true, b: [1, "é", null] };
    expect(canonicalJson(one)).toBe('{"10":true,"9":{"a":2,"z":1},"b":[1,"é",null]}');
    expect(canonicalJson(other)).toBe(canonicalJson(one));
    expect(JSON.parse(canonicalJson(one))).toEqual(other);
  });

  test(`every flipped byte of ${PACKS} random packs is found`, { timeout: 300_000 }, () => {
    let missed = 0;
    for (let seed = 1; seed <= PACKS; seed += 1) {
      const bytes = new TextEncoder().encode(evidenceText(randomPack(seed)));
      expect(verifyEvidence(bytes).kind).toBe("intact");
      const random = seededRandom(seed);
      for (let at = 0; at < bytes.length; at += 1) {
        const kept = bytes[at] ?? 0;
        bytes[at] = kept ^ (1 + Math.floor(random.next() * 255));
        if (verifyEvidence(bytes).kind === "intact") missed += 1;
        bytes[at] = kept;
      }
      for (const shorter of [bytes.slice(1), bytes.slice(0, -1)])
        if (verifyEvidence(shorter).kind === "intact") missed += 1;
    }
    expect(missed).toBe(0);
  });

  test("entries that go, come or change their order are found, and a chain that was made anew by its head", () => {
    const { entries, head } = chainFacts([1, 2, 3].map((n) => ({ kind: "order" as const, at: n, facts: { n } })));
    const pack = (kept: EvidencePack["entries"]) =>
      evidenceText({ format: "recallkit-evidence/1", entries: kept, head });
    const [a, b, c] = entries;
    if (!a || !b || !c) throw new Error("three entries");
    expect(verifyEvidence(pack([a, b, c]))).toMatchObject({ kind: "intact" });
    expect(verifyEvidence(pack([a, c]))).toEqual({ kind: "changed", what: "entry", entry: 1 });
    expect(verifyEvidence(pack([b, a, c]))).toEqual({ kind: "changed", what: "entry", entry: 0 });
    expect(verifyEvidence(pack([a, b]))).toEqual({ kind: "changed", what: "head", entry: null });
    expect(verifyEvidence(pack([]))).toEqual({ kind: "changed", what: "form", entry: null });
    const anew = evidenceText(chainFacts([{ kind: "order", at: 1, facts: { n: 7 } }]));
    expect(verifyEvidence(anew).kind).toBe("intact");
    expect(verifyEvidence(anew, { head })).toEqual({ kind: "changed", what: "head", entry: null });
    expect(verifyEvidence(` ${evidenceText(chainFacts([{ kind: "order", at: 1, facts: {} }]))}`)).toMatchObject({
      what: "bytes",
    });
  });

  test("a pack of a push goes from the consent to the order", async () => {
    const { kit, push, after, clock } = await pushRig({ rule: { content: { text: "喵，{{merchant_name}}" } } });
    await kit.consents.record({
      externalKey: "c0",
      channel: "*",
      status: "granted",
      source: "checkout",
      at: START - DAY,
    });
    const occurrence = await push();
    await after(HOUR);
    await after(DAY);
    const order = { externalId: "o1", externalKey: "c0", orderedAt: clock.now(), amount: 9, status: "paid" };
    await kit.orders.ingest([order], { source: "shop" });
    const pack = await kit.people.evidence("c0", occurrence, { showAddress: () => "***" });
    const kinds = [...new Set(pack.entries.map(({ kind }) => kind))];
    expect(kinds).toEqual([
      "pack",
      "consent",
      "rule",
      "audience",
      "gate",
      "text",
      "attempt",
      "transition",
      "receipt",
      "order",
    ]);
    const of = (kind: string) => pack.entries.find((entry) => entry.kind === kind)?.facts;
    expect(of("text")).toMatchObject({
      content: { text: expect.stringMatching(/^喵，/) },
      content_hash: expect.any(String),
    });
    expect(of("attempt")).toMatchObject({ number: 1, class: "OK" });
    expect(of("receipt")).toMatchObject({ state: "delivered", address: "***" });
    expect(of("order")).toMatchObject({ order_no: "o1", amount_minor: 900 });
    expect(verifyEvidence(evidenceText(pack), { head: pack.head })).toMatchObject({ kind: "intact" });
    await expect(kit.people.evidence("c0", 999)).rejects.toMatchObject({ code: "occurrence.not-found" });
    await expect(kit.people.evidence("nobody", occurrence)).rejects.toMatchObject({ code: "customer.not-found" });
    await kit.customers.upsert([{ externalKey: "new" }]);
    await expect(kit.people.evidence("new", occurrence)).rejects.toMatchObject({ code: "delivery.not-found" });
  });
});
