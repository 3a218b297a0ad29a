import type { LINK_VARIABLES, Values } from "../rule/render.js";
import type { LinkOptions } from "./link.js";
import type { LinkNames } from "./link-keys.js";

/** Where the pages of links are. */
export interface PageAddress {
  /** Without a slash at the end. */
  readonly publicUrl: string;
  /** Null: texts hold the page's own address. */
  readonly shortUrl?: string | null;
}

/** The same with all defaults. */
export interface LinkPlace extends PageAddress {
  /** Of the short domain, without a slash at the end; null: texts hold the page's own address. */
  readonly shortUrl: string | null;
  /** After which a link is over, of rules that say nothing, ms. */
  readonly expireAfterMs: number;
}

/** Addresses of one link. */
export interface LinkAddresses {
  /** Of its page. */
  readonly url: string;
  /** As texts hold it. */
  readonly shortUrl: string;
}

const DAY_MS = 86_400_000;

/** Options of links with their defaults. */
export function linkPlace({ publicUrl, shortUrl, expireAfterDays = 30 }: LinkOptions): LinkPlace {
  const trimmed = (url: string) => url.replace(/\/+$/, "");
  return {
    publicUrl: trimmed(publicUrl),
    shortUrl: shortUrl === undefined ? null : trimmed(shortUrl),
    expireAfterMs: expireAfterDays * DAY_MS,
  };
}

/** Addresses of a link: of its page, and as texts hold it. */
export function addressesOf({ publicUrl, shortUrl = null }: PageAddress, token: string): LinkAddresses {
  const url = `${publicUrl}/landing/${token}`;
  return { url, shortUrl: shortUrl === null ? url : `${shortUrl}/r/${token}` };
}

/** Values of the variables of a link. They are made when they are needed, and kept nowhere. */
export function linkValues(place: LinkPlace, { token, code }: LinkNames): Values {
  const of: Record<(typeof LINK_VARIABLES)[number], string> = {
    recall_link: addressesOf(place, token).shortUrl,
    recall_code: code,
    unsubscribe_link: `${place.publicUrl}/u/${token}`,
  };
  return of;
}

/** Values as long as real ones, which lead nowhere: for judging content, and for staff who look at it. */
export function sampleLinkValues(place: LinkPlace): Values {
  return linkValues(place, { token: "sample".padEnd(22, "-"), code: "SAMPLE".padEnd(8, "2") });
}
