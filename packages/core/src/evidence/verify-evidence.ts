import { canonicalJson } from "./canonical-json.js";
import {
  EVIDENCE_FORMAT,
  EVIDENCE_KINDS,
  type EvidenceEntry,
  type EvidencePack,
  entryParts,
  hashOf,
  NO_HASH,
  packText,
  withHash,
} from "./evidence-pack.js";

/** What a look at a pack found. */
export type EvidenceVerdict =
  | {
      readonly kind: "intact";
      /** As it was read. */
      readonly pack: EvidencePack;
    }
  | {
      readonly kind: "changed";
      /** What shows it: not the form of a pack, an entry that is not what its hash says, or bytes that mean the same. */
      readonly what: "form" | "entry" | "head" | "bytes";
      /** Number of the first entry that is wrong; null: it is none of them. */
      readonly entry: number | null;
    };

const HASH = /^[0-9a-f]{64}$/;
const KINDS: ReadonlySet<unknown> = new Set(EVIDENCE_KINDS);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isHash = (value: unknown): value is string => typeof value === "string" && HASH.test(value);

/** By hand, since packs have many entries. What an entry has beside its fields is found with the bytes. */
function isEntry(value: unknown): value is EvidenceEntry {
  if (!isObject(value)) return false;
  const { n, kind, at, facts, previous, hash } = value;
  return (
    Number.isSafeInteger(n) &&
    KINDS.has(kind) &&
    (at === null || Number.isSafeInteger(at)) &&
    isObject(facts) &&
    isHash(previous) &&
    isHash(hash)
  );
}

function isPack(value: unknown): value is EvidencePack {
  if (!isObject(value)) return false;
  const { format, entries, head } = value;
  return (
    format === EVIDENCE_FORMAT && isHash(head) && Array.isArray(entries) && entries.length > 0 && entries.every(isEntry)
  );
}

/**
 * Looks whether a pack is as it was made: every entry is what its hash says, they hang together, and the bytes are the
 * canonical ones, so that a change of any byte is found. Who makes the whole chain anew is found by the `head` that was kept elsewhere.
 *
 * @param given the file, as bytes or text
 * @param options `head`: the hash that the pack must end with. @default its own
 */
export function verifyEvidence(
  given: Uint8Array | string,
  options: { readonly head?: string | undefined } = {},
): EvidenceVerdict {
  const changed = (what: "form" | "entry" | "head" | "bytes", entry: number | null = null) =>
    ({ kind: "changed", what, entry }) as const;
  const text = typeof given === "string" ? given : decoded(given);
  const parsed = text === undefined ? undefined : packOf(text);
  if (text === undefined || !parsed) return changed("form");
  const written: string[] = [];
  let previous = NO_HASH;
  for (const [n, entry] of parsed.entries.entries()) {
    if (entry.n !== n || entry.previous !== previous) return changed("entry", n);
    const parts = entryParts(entry, canonicalJson(entry.facts));
    if (hashOf(parts) !== entry.hash) return changed("entry", n);
    written.push(withHash(parts, entry.hash));
    previous = entry.hash;
  }
  if (parsed.head !== previous || (options.head !== undefined && options.head !== previous)) return changed("head");
  return packText(written, parsed.format, parsed.head) === text ? { kind: "intact", pack: parsed } : changed("bytes");
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function packOf(text: string): EvidencePack | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isPack(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
