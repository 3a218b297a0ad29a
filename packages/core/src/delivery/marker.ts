import { createHmac } from "node:crypto";
import type { OccurrenceKind } from "./states.js";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** What makes a batch's marker: the same for all its attempts, different for every other batch. */
export interface MarkerParts {
  /** Rule that fires. */
  readonly ruleId: number;
  /** Where the firing comes from. */
  readonly kind: OccurrenceKind;
  /** Slot or request id of the firing. */
  readonly nominal: string;
  /** Name of the channel that carries it. */
  readonly channel: string;
  /** Number of the batch within the firing. */
  readonly number: number;
}

/** The look-up marker of a batch: 12 base32 characters (60 bits) of HMAC-SHA256. */
export function batchMarker(key: Uint8Array, parts: MarkerParts): string {
  return markerOf(key, [parts.ruleId, parts.kind, parts.nominal, parts.channel, parts.number]);
}

/** The marker of one person in an occurrence: the same for all attempts and batches that they come into. */
export function personMarker(
  key: Uint8Array,
  { ruleId, kind, nominal, channel, customerId }: Omit<MarkerParts, "number"> & { readonly customerId: number },
): string {
  return markerOf(key, [ruleId, kind, nominal, channel, "person", customerId]);
}

function markerOf(key: Uint8Array, parts: readonly (string | number)[]): string {
  const digest = createHmac("sha256", key).update(parts.join("|")).digest();
  return Array.from(digest.subarray(0, 12), (byte) => BASE32[byte & 31]).join("");
}
