import * as z from "zod";
import type { EngineContext } from "../engine/engine-context.js";
import type { Read } from "../instant.js";
import { type ResolvedLink, resolveLink } from "../link/find-link.js";
import {
  type IssuedLink,
  type Link,
  type LinkInput,
  type LinkListOptions,
  type LinksToRevoke,
  type LinkView,
  type UnsubscribeOutcome,
  VISIT_KINDS,
  type VisitKind,
} from "../link/link.js";
import {
  getLink,
  issueLink,
  type LinkContext,
  linkInputSchema,
  linkListSchema,
  listLinks,
  revokeLinks,
  revokeSchema,
  tokenSchema,
  unsubscribe,
  unsubscribeSchema,
  visitLink,
} from "../link/link-calls.js";
import type { Listing } from "../page.js";
import { type Argument, checkArguments, type checkedCalls } from "./checked-call.js";
import { type listingsOf, optionsOf } from "./listings.js";

/** Ways of people to pages of the merchant. Wherever a token is asked for, the code that stands for it does as well. */
export interface LinkKit extends Listing<LinkListOptions, Link> {
  /** A link as it stands now; undefined: it is unknown, or another tenant's. */
  get(token: string): Promise<LinkView | undefined>;
  /**
   * Counts a visit, whatever the state of the link; the first view and the first click are remembered.
   *
   * @param visit `link`: what the token led to a moment ago, by `resolveLink` or `get`; it is not looked for again
   */
  visit(
    token: string,
    visit: { readonly kind: VisitKind; readonly link?: Link | undefined },
  ): Promise<LinkView | undefined>;
  /**
   * Makes a link outside of pushes; its token and code are told this once.
   *
   * @throws {InputError}, {NotFoundError} `customer.not-found`. @throws {ConflictError} `links.unconfigured`
   */
  issue(input: LinkInput): Promise<IssuedLink>;
  /** Takes links back for good. @returns how many were not before */
  revoke(which: LinksToRevoke): Promise<number>;
  /**
   * Enters an opt-out for the person of a link, also of one that is over or was taken back.
   *
   * @param options `channel`: a name, or `*` for all; @default the link's. `username`: who is there, needed on a shared link
   */
  unsubscribe(
    token: string,
    options?: { readonly channel?: string | null | undefined; readonly username?: string | null | undefined },
  ): Promise<UnsubscribeOutcome>;
}

/** Makes the look-up over all tenants. */
export function linkResolver(engine: EngineContext): (tokenOrCode: string) => Promise<ResolvedLink | undefined> {
  return async (text) => {
    const [read] = checkArguments([["tokenOrCode", tokenSchema]], [text]);
    return resolveLink(engine, read);
  };
}

const token: Argument = ["token", tokenSchema];
const visitSchema = z.strictObject({
  kind: z.enum(VISIT_KINDS),
  link: z.custom<Link>(isLink, { message: "must be a link" }).optional(),
});

function isLink(value: unknown): boolean {
  return typeof value === "object" && value !== null && "id" in value && Number.isSafeInteger(value.id);
}

/** The calls about links of a tenant. */
export function linkKit(
  context: LinkContext,
  call: ReturnType<typeof checkedCalls>,
  listing: ReturnType<typeof listingsOf>,
): LinkKit {
  return {
    get: call([token], (given) => getLink(context, given)),
    visit: call([token, ["", visitSchema]], (...given) => visitLink(context, ...given)),
    issue: call([["", linkInputSchema]], (input) => issueLink(context, input)),
    revoke: call([["", revokeSchema]], (which) => revokeLinks(context, which as LinksToRevoke)),
    unsubscribe: call([token, optionsOf(unsubscribeSchema)], (...given) => unsubscribe(context, ...given)),
    ...listing(linkListSchema, (how: Read<LinkListOptions>) => listLinks(context, how)),
  };
}
