import { createHmac } from "node:crypto";
import type { OccurrenceKind } from "./states.js";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** What makes a batch's marker: the same for all its attempts, different for every other batch. */
export interface MarkerParts {
  readonly ruleId: number;
  readonly kind: OccurrenceKind;
  readonly nominal: string;
  readonly channel: string;
  readonly number: number;
}

/** The look-up marker of a batch: 12 base32 characters (60 bits) of HMAC-SHA256. */
export function batchMarker(key: Uint8Array, parts: MarkerParts): string {
  const text = [parts.ruleId, parts.kind, parts.nominal, parts.channel, parts.number].join("|");
  const digest = createHmac("sha256", key).update(text).digest();
  return Array.from(digest.subarray(0, 12), (byte) => BASE32[byte & 31]).join("");
}
