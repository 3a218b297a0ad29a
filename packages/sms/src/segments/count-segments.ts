import { ConfigError } from "@recallkit/core";
import { gsmUnits } from "./gsm-alphabet.js";

/**
 * How segments are counted: `cn` as providers of mainland China bill, `gsm` as handsets abroad are sent them.
 *
 * @see https://www.yunpian.com/official/document/sms/zh_CN/ billing of long texts
 */
export const SEGMENT_RULES = ["cn", "gsm"] as const;
export type SegmentRules = (typeof SEGMENT_RULES)[number];

/** Options of {@link countSegments}. */
export interface CountOptions {
  /** @default "cn" */
  readonly rules?: SegmentRules | undefined;
}

/** What a text takes. */
export interface SegmentCount {
  /** Alphabet of all its segments. */
  readonly encoding: "gsm7" | "ucs2";
  /** Septets of `gsm7`, UTF-16 code units of `ucs2`. */
  readonly units: number;
  /** Messages that are billed; 0 for the empty text. */
  readonly segments: number;
}

/** Units of a text that stands alone, and of each part of a longer one, whose header takes six bytes. */
const ROOM = { gsm7: { alone: 160, part: 153 }, ucs2: { alone: 70, part: 67 } } as const;

/**
 * Counts the segments that an SMS is billed as.
 *
 * `cn`: every text is UCS-2, 70 units alone, ⌈units / 67⌉ parts beyond that. `gsm`: GSM 03.38 with its extension table where
 * all characters are in it, 160 units alone and 153 a part; else UCS-2, 70 and 67; a part ends early rather than splitting an
 * escaped character or a surrogate pair.
 *
 * @throws {ConfigError} `rules` is none of {@link SEGMENT_RULES}
 */
export function countSegments(text: string, { rules = "cn" }: CountOptions = {}): SegmentCount {
  if (rules !== "cn" && rules !== "gsm") {
    throw new ConfigError("config.invalid", "rules", `rules must be one of ${SEGMENT_RULES.join(", ")}`);
  }
  if (rules === "cn") {
    const units = text.length;
    return {
      encoding: "ucs2",
      units,
      segments: units <= ROOM.ucs2.alone ? Math.sign(units) : Math.ceil(units / ROOM.ucs2.part),
    };
  }
  const sizes: number[] = [];
  for (const character of text) {
    const size = gsmUnits(character);
    if (size === undefined)
      return packed(
        "ucs2",
        [...text].map(({ length }) => length),
      );
    sizes.push(size);
  }
  return packed("gsm7", sizes);
}

/** Puts characters one after the other into parts; none is split. */
function packed(encoding: "gsm7" | "ucs2", sizes: readonly number[]): SegmentCount {
  const { alone, part } = ROOM[encoding];
  const units = sizes.reduce((sum, size) => sum + size, 0);
  if (units <= alone) return { encoding, units, segments: Math.sign(units) };
  let segments = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > part) {
      segments += 1;
      used = 0;
    }
    used += size;
  }
  return { encoding, units, segments };
}
