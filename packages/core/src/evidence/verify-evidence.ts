import * as z from "zod";
import { sha256Hex } from "../text.js";
import { canonicalJson, type JsonValue } from "./canonical-json.js";
import { EVIDENCE_FORMAT, EVIDENCE_KINDS, type EvidencePack, entryText, NO_HASH, packText } from "./evidence-pack.js";

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

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const packSchema = z.strictObject({
  format: z.literal(EVIDENCE_FORMAT),
  entries: z
    .array(
      z.strictObject({
        n: z.int().min(0),
        kind: z.enum(EVIDENCE_KINDS),
        at: z.int().nullable(),
        facts: z.custom<Readonly<Record<string, JsonValue>>>(
          (value) => typeof value === "object" && value !== null && !Array.isArray(value),
        ),
        previous: hash,
        hash,
      }),
    )
    .min(1),
  head: hash,
});

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
    const facts = canonicalJson(entry.facts);
    if (entry.n !== n || entry.previous !== previous) return changed("entry", n);
    if (sha256Hex(entryText(entry, facts)) !== entry.hash) return changed("entry", n);
    written.push(entryText(entry, facts, entry.hash));
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
    const { data } = packSchema.safeParse(JSON.parse(text));
    return data;
  } catch {
    return undefined;
  }
}
