import * as z from "zod";
import type { Clock } from "../clock.js";
import { requiredText } from "../customer/customer-schema.js";
import { findCustomers } from "../customer/find-customers.js";
import { inTurn } from "../customer/in-turn.js";
import type { EngineContext } from "../engine/engine-context.js";
import { ConflictError, InputError, NotFoundError } from "../errors.js";
import { channelNameSchema, idSchema } from "../input.js";
import { instantSchema, type Read } from "../instant.js";
import { pageFields } from "../page.js";
import type { LinkFilter } from "../ports/link-store.js";
import type { Stores } from "../ports/stores.js";
import type { Random } from "../random.js";
import { linkOf, viewOf } from "./find-link.js";
import type {
  IssuedLink,
  Link,
  LinkInput,
  LinkListOptions,
  LinksToRevoke,
  LinkView,
  UnsubscribeOutcome,
  VisitKind,
} from "./link.js";
import { codeHash, linkNames, tokenHash } from "./link-keys.js";
import { addressesOf } from "./link-place.js";
import { whoIsThere } from "./who-is-there.js";

/** What calls about links work with. */
export interface LinkContext extends Pick<EngineContext, "links" | "linkKeys"> {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly random: Random;
  readonly tenantId: number;
}

/** What `links.issue` takes. */
export const linkInputSchema = z.strictObject({
  externalKey: requiredText(255),
  channel: channelNameSchema.max(64),
  couponId: idSchema.optional(),
  expiresAt: instantSchema.optional(),
} satisfies Record<keyof LinkInput, z.ZodType>);

/** A token or code as it was typed or followed. */
export const tokenSchema = z.string().max(255);

export const revokeSchema = z.union([
  z.strictObject({ token: tokenSchema }),
  z.strictObject({ occurrenceId: idSchema }),
  z.strictObject({ externalKey: requiredText(255) }),
]);

export const linkListSchema = z.strictObject({
  ...pageFields,
  occurrenceId: idSchema.optional(),
  externalKey: requiredText(255).optional(),
  couponId: idSchema.optional(),
} satisfies Record<keyof LinkListOptions, z.ZodType>);

export const unsubscribeSchema = z.strictObject({
  channel: z
    .string()
    .regex(/^(\*|[a-z][a-z0-9_-]{0,63})$/, { message: "must be the name of a channel, or *" })
    .optional(),
  username: z.string().max(255).optional(),
});

export async function getLink(context: LinkContext, token: string): Promise<LinkView | undefined> {
  const link = await linkOf(context.stores, context, context.tenantId, token);
  return link && viewOf(link, context.clock.now());
}

export async function visitLink(
  context: LinkContext,
  token: string,
  { kind, link: found }: { readonly kind: VisitKind; readonly link?: Link | undefined },
): Promise<LinkView | undefined> {
  const { stores, clock, tenantId } = context;
  const link = found ?? (await linkOf(stores, context, tenantId, token));
  const now = clock.now();
  // The store counts for this tenant alone, whatever was handed in.
  if (!link || !(await stores.links.visit(tenantId, link.id, kind, now))) return undefined;
  return viewOf(visited(link, kind, now), now);
}

/** A link as it stands after a visit, but for visits that others make meanwhile. */
function visited(link: Link, kind: VisitKind, at: number): Link {
  if (kind === "view") return { ...link, views: link.views + 1, firstViewedAt: link.firstViewedAt ?? at };
  if (kind === "click") return { ...link, clicks: link.clicks + 1, firstClickedAt: link.firstClickedAt ?? at };
  return { ...link, scans: link.scans + 1 };
}

/** Codes tried before it is given up. */
const TRIES = 5;

/** A link outside of pushes. @throws {NotFoundError} `customer.not-found`. @throws {ConflictError} `links.unconfigured` */
export async function issueLink(context: LinkContext, input: Read<LinkInput>): Promise<IssuedLink> {
  const { stores, clock, random, tenantId, links: place } = context;
  if (!place) throw new ConflictError("links.unconfigured", "no option says where the pages of links are");
  const { externalKey, channel, couponId = null } = input;
  const keys = await context.linkKeys(tenantId);
  const [codeKey] = keys.codeKeys;
  return stores.transaction(async (tx) => {
    const customer = (await findCustomers(tx, tenantId, [externalKey])).get(externalKey);
    if (!customer) throw new NotFoundError("customer.not-found", "no customer has this key");
    if (couponId !== null && !(await tx.coupons.get(tenantId, couponId)))
      throw new InputError([{ path: "couponId", code: "coupon.not-found", message: `no coupon ${couponId}` }]);
    const createdAt = clock.now();
    const row = {
      kind: "personal" as const,
      occurrenceId: null,
      batchNumber: null,
      deliveryId: null,
      isTest: false,
      channel,
      couponId,
      createdAt,
      customerId: customer.id,
      expiresAt: input.expiresAt ?? createdAt + place.expireAfterMs,
      seed: null,
    };
    for (let n = 0; n < TRIES; n += 1) {
      // Chance that nobody keeps: nothing makes this link again.
      const salt = Buffer.from(random.bytes(16)).toString("hex");
      const subject = { subject: String(customer.id), codeTurn: 0 };
      const { token, code } = linkNames(keys.current, subject, { salt, channel });
      const names = { tokenHash: tokenHash(token), codeHash: codeKey ? codeHash(codeKey, code) : null };
      if ((await tx.links.insertMany(tenantId, [{ ...row, ...names }])) === 0) continue;
      const found = await tx.links.find(names);
      if (found) return { token, code, ...addressesOf(place, token), link: found.link };
    }
    throw new RangeError("no code is free");
  });
}

/** Takes links back. @returns how many */
export async function revokeLinks(context: LinkContext, which: LinksToRevoke): Promise<number> {
  const { stores, clock, tenantId } = context;
  const at = clock.now();
  if ("occurrenceId" in which) return stores.links.revoke(tenantId, { occurrenceId: which.occurrenceId }, at);
  if ("token" in which) {
    const link = await linkOf(stores, context, tenantId, which.token);
    return link ? stores.links.revoke(tenantId, { linkId: link.id }, at) : 0;
  }
  const customerId = await customerIdOf(stores, tenantId, which.externalKey);
  return customerId === undefined ? 0 : stores.links.revoke(tenantId, { customerId }, at);
}

/** One page of links. */
export async function listLinks(
  { stores, tenantId }: Pick<LinkContext, "stores" | "tenantId">,
  { externalKey, ...filter }: Read<LinkListOptions>,
) {
  const customerId = externalKey === undefined ? undefined : await customerIdOf(stores, tenantId, externalKey);
  if (externalKey !== undefined && customerId === undefined) return { items: [], nextCursor: null };
  // The schema has left out what is absent.
  return stores.links.list(tenantId, { ...filter, ...(customerId !== undefined && { customerId }) } as LinkFilter);
}

/**
 * Keeps the person of a link from being contacted. An opt-out is heard as long as its link is known, also when it is over or
 * was taken back.
 */
export async function unsubscribe(
  context: LinkContext,
  token: string,
  { channel, username }: { readonly channel?: string | undefined; readonly username?: string | undefined } = {},
): Promise<UnsubscribeOutcome> {
  const { stores, clock, tenantId } = context;
  // In turn with merges: the person of a link may become another row.
  return inTurn(stores, tenantId, async (tx): Promise<UnsubscribeOutcome> => {
    const link = await linkOf(tx, context, tenantId, token);
    if (!link) return { kind: "unknown" };
    if (link.kind === "shared" && username === undefined) return { kind: "shared" };
    const customerId = await whoIsThere(tx, tenantId, link, username);
    if (customerId === undefined) return { kind: "wrong_user" };
    const meant = channel ?? link.channel;
    const entry = { tenantId, channel: meant, address: null, customerId, reason: "opt_out", createdAt: clock.now() };
    const { created } = await tx.suppressions.put(entry);
    return { kind: created ? "unsubscribed" : "repeated", channel: meant, customerId };
  });
}

async function customerIdOf(stores: Stores, tenantId: number, externalKey: string): Promise<number | undefined> {
  return (await findCustomers(stores, tenantId, [externalKey])).get(externalKey)?.id;
}
