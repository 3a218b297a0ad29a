import type { CustomerId, TenantId } from "../id.js";
import type { InstantInput } from "../instant.js";
import type { PageOptions } from "../page.js";

/** Purpose of marketing messages: the one that the gate `no_consent` asks for. */
export const MARKETING_PURPOSE = "marketing";

export const CONSENT_STATUSES = ["granted", "withdrawn"] as const;
export type ConsentStatus = (typeof CONSENT_STATUSES)[number];

/** What a person said about being contacted on a channel for a purpose. */
export interface Consent {
  /** Whose customer it is. */
  readonly tenantId: TenantId;
  /** Who said it. */
  readonly customerId: CustomerId;
  /** Name of a channel, or `*` for all channels. */
  readonly channel: string;
  /** For example `marketing`. */
  readonly purpose: string;
  /** Whether they agreed, or took it back. */
  readonly status: ConsentStatus;
  /** Version of the words that the person read; null when it is not known. */
  readonly wording: string | null;
  /** Where it was said: `checkout`, `pos`, `reply` … */
  readonly source: string;
  /** Reference to the proof: number of a form, id of a recording; null when there is none. */
  readonly evidence: string | null;
  /** When the person said it, epoch ms. */
  readonly at: number;
  /** When it was entered here, epoch ms. */
  readonly recordedAt: number;
}

/** One piece of evidence. Rows are never changed and never removed, not even by retention or an erasure. */
export interface ConsentRecord extends Consent {
  /** Unique in the installation. */
  readonly id: number;
}

/** A consent or a withdrawal to record. */
export interface ConsentInput {
  /** Import key of a known customer, 1 … 255 characters. */
  readonly externalKey: string;
  /** Name of a channel, lower case, 1 … 64 characters, or `*` for all channels. */
  readonly channel: string;
  /** Lower-case word, 1 … 64 characters. @default "marketing" */
  readonly purpose?: string | null | undefined;
  /** Whether they agree, or take it back. */
  readonly status: ConsentStatus;
  /** Version of the words that the person read, 1 … 255 characters. @default unknown */
  readonly wording?: string | null | undefined;
  /** Where it was said: a form, the till, a reply; 1 … 255 characters. */
  readonly source: string;
  /** Reference to the proof, 1 … 1 000 characters; it outlives an erasure, so it names nobody. @default none */
  readonly evidence?: string | null | undefined;
  /** When the person said it; not later than now. @default now */
  readonly at?: InstantInput | null | undefined;
}

/** What a list of evidence takes. */
export interface ConsentListOptions extends PageOptions {
  /** Only of this customer, by import key. @default of everybody */
  readonly externalKey?: string | null | undefined;
  /** Only entries of exactly this channel; `*` names those for all channels. @default of every channel */
  readonly channel?: string | null | undefined;
  /** @default of every purpose */
  readonly purpose?: string | null | undefined;
  /** @default granted and withdrawn */
  readonly status?: ConsentStatus | null | undefined;
}

/** Of what a person said, the part that decides. */
export type ConsentWord = Pick<Consent, "status" | "at">;

/**
 * Whether a person agrees, by the last word for the channel and the last word for all channels. Of two of one instant the
 * withdrawal holds, so that no order of arrival decides.
 */
export function isConsented(words: readonly ConsentWord[]): boolean {
  const last = (status: ConsentStatus) =>
    Math.max(-1, ...words.filter((word) => word.status === status).map(({ at }) => at));
  return last("granted") > last("withdrawn");
}

/** Whether a word takes the place of the one that holds for the same person, channel and purpose. */
export function replacesConsent(word: ConsentWord, held: ConsentWord | undefined): boolean {
  if (!held || word.at !== held.at) return !held || word.at > held.at;
  return word.status === "withdrawn" && held.status === "granted";
}
