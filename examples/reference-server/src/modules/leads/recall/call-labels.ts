import type { CallResult, TagInput } from "../calls/call.js";
import type { Merchant } from "../merchant.js";

/** What a call says about who was called. */
export interface CallNews {
  readonly result: CallResult;
  readonly isInterested: boolean;
  readonly tags: readonly TagInput[];
}

/** Tells the audience of recall what a call came to. */
export async function labelCaller(_merchant: Merchant, _phone: string, _news: CallNews): Promise<void> {}
