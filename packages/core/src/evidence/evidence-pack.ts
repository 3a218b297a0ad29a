import { sha256Hex } from "../text.js";
import { canonicalJson, type JsonValue } from "./canonical-json.js";

/** Names the form of a pack; another form has another name. */
export const EVIDENCE_FORMAT = "recallkit-evidence/1";

/** What stands before the first entry. */
export const NO_HASH = "0".repeat(64);

/** What kinds of facts a pack holds, in the order in which they stand. */
export const EVIDENCE_KINDS = [
  "pack",
  "consent",
  "suppression",
  "rule",
  "audience",
  "gate",
  "text",
  "attempt",
  "transition",
  "receipt",
  "order",
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** A fact before it is chained. */
export interface EvidenceFact {
  /** What kind of fact it is. */
  readonly kind: EvidenceKind;
  /** When it came about, epoch ms; null: at no instant. */
  readonly at: number | null;
  /** What is known. */
  readonly facts: Readonly<Record<string, JsonValue>>;
}

/** A fact with its place in the chain. */
export interface EvidenceEntry extends EvidenceFact {
  /** 0, 1, 2 … */
  readonly n: number;
  /** Hash of the entry before; of the first one 64 zeros. */
  readonly previous: string;
  /** SHA-256, in hex, of the canonical JSON of the entry without this field. */
  readonly hash: string;
}

/** Facts about one push to one person, chained so that a later change of any byte is found. */
export interface EvidencePack {
  /** {@link EVIDENCE_FORMAT}. */
  readonly format: typeof EVIDENCE_FORMAT;
  /** In the order in which things happened. */
  readonly entries: readonly EvidenceEntry[];
  /** Hash of the last entry. Kept elsewhere, it shows that the whole pack is the one that was made. */
  readonly head: string;
}

/** Chains facts. */
export function chainFacts(facts: readonly EvidenceFact[]): EvidencePack {
  const entries: EvidenceEntry[] = [];
  let previous = NO_HASH;
  for (const [n, { kind, at, facts: known }] of facts.entries()) {
    const hash = hashOf(entryParts({ at, kind, n, previous }, canonicalJson(known)));
    entries.push({ n, kind, at, facts: known, previous, hash });
    previous = hash;
  }
  return { format: EVIDENCE_FORMAT, entries, head: previous };
}

/** A pack as it is written into a file: canonical JSON, without a line break at the end. */
export function evidenceText({ entries, format, head }: EvidencePack): string {
  const written = entries.map((entry) => withHash(entryParts(entry, canonicalJson(entry.facts)), entry.hash));
  return packText(written, format, head);
}

/** A pack of entries that are written already. */
export function packText(entries: readonly string[], format: string, head: string): string {
  return `{"entries":[${entries.join(",")}],"format":${JSON.stringify(format)},"head":${JSON.stringify(head)}}`;
}

/** An entry in canonical form, up to where its hash stands and from there on. */
export type EntryParts = readonly [before: string, after: string];

export function entryParts(
  { at, kind, n, previous }: Pick<EvidenceEntry, "at" | "kind" | "n" | "previous">,
  facts: string,
): EntryParts {
  // Kinds, numbers and hashes are written as they are: nothing of them needs an escape.
  return [`{"at":${at},"facts":${facts},`, `"kind":"${kind}","n":${n},"previous":"${previous}"}`];
}

/** SHA-256 of an entry without its hash. */
export function hashOf([before, after]: EntryParts): string {
  return sha256Hex(before + after);
}

/** An entry as it stands in a pack. */
export function withHash([before, after]: EntryParts, hash: string): string {
  return `${before}"hash":"${hash}",${after}`;
}
