/** How the reader of a mail refuses further ones. */
export interface Unsubscribe {
  /** An https page of one's own; a POST to it unsubscribes at once. */
  readonly link?: string | undefined;
  /** A mail to this address unsubscribes. */
  readonly mailto?: string | undefined;
}

/** Longest line of a header that every server takes is 998 characters (RFC 5322, 2.1.1); both ways stand in one. */
const LONGEST_LINK = 700;

/** What a person's values and the options offer. @param token names the mail to whoever reads the mailbox */
export function unsubscribeOf(link: string | undefined, address: string | undefined, token: string): Unsubscribe {
  const url = link !== undefined && URL.canParse(link) ? new URL(link) : undefined;
  // Mail clients post to https only; anything else is no one-click link.
  const isUsable = url?.protocol === "https:" && url.username === "" && url.href.length <= LONGEST_LINK;
  return {
    link: isUsable ? url.href : undefined,
    mailto: address === undefined ? undefined : `mailto:${address}?subject=unsubscribe%20${token}`,
  };
}

/**
 * Both headers of one-click unsubscribing, one where only a mail does it, none where nothing does.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8058#section-3.1
 */
export function unsubscribeHeaders({ link, mailto }: Unsubscribe): Readonly<Record<string, string>> {
  const ways = [link, mailto].filter((way) => way !== undefined).map((way) => `<${way}>`);
  if (ways.length === 0) return {};
  return {
    "List-Unsubscribe": ways.join(", "),
    ...(link !== undefined && { "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" }),
  };
}
