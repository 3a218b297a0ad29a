import type { EngineContext } from "../engine/engine-context.js";
import type { FoundLink } from "../ports/link-store.js";
import type { Stores } from "../ports/stores.js";
import type { Link, LinkView } from "./link.js";
import { codeHash, linkNames, readCode, readToken, tokenHash } from "./link-keys.js";

/** Codes are kept alike for all tenants. */
const ANY_TENANT = 1;

/** Where a link leads. */
export interface ResolvedLink {
  /** Whose it is. */
  readonly tenantId: number;
  /** 22 characters; absent where only a code was given of a link that was issued by hand. */
  readonly token?: string;
  /** The link itself. */
  readonly link: Link;
}

/** Finds a link of any tenant by its token or its code. */
async function findLink(
  stores: Stores,
  { linkKeys }: Pick<EngineContext, "linkKeys">,
  text: string,
): Promise<FoundLink | undefined> {
  const token = readToken(text);
  if (token !== undefined) return stores.links.find({ tokenHash: tokenHash(token) });
  const code = readCode(text);
  if (code === undefined) return undefined;
  const { codeKeys } = await linkKeys(ANY_TENANT);
  return stores.links.find({ codeHashes: codeKeys.map((key) => codeHash(key, code)) });
}

/** The same of one tenant. */
export async function linkOf(
  stores: Stores,
  context: Pick<EngineContext, "linkKeys">,
  tenantId: number,
  text: string,
): Promise<Link | undefined> {
  const found = await findLink(stores, context, text);
  return found?.link.tenantId === tenantId ? found.link : undefined;
}

/** Whose a link is, by its token or code: public pages know no tenant. */
export async function resolveLink(
  context: Pick<EngineContext, "stores" | "linkKeys">,
  text: string,
): Promise<ResolvedLink | undefined> {
  const found = await findLink(context.stores, context, text);
  if (!found) return undefined;
  const { tenantId } = found.link;
  const token = readToken(text) ?? (await madeAgain(context, found));
  return { tenantId, link: found.link, ...(token !== undefined && { token }) };
}

async function madeAgain(
  { stores, linkKeys }: Pick<EngineContext, "stores" | "linkKeys">,
  { link: { tenantId, occurrenceId, channel }, seed }: FoundLink,
): Promise<string | undefined> {
  if (!seed || occurrenceId === null) return undefined;
  const key = (await linkKeys(tenantId)).find(seed.keyId);
  const occurrence = await stores.occurrences.get(tenantId, occurrenceId);
  return key && occurrence && linkNames(key, seed, { salt: occurrence.salt, channel }).token;
}

/** A link as it stands at an instant. */
export function viewOf(link: Link, now: number): LinkView {
  const state = link.revokedAt !== null ? "revoked" : now >= link.expiresAt ? "expired" : "open";
  return { ...link, state };
}
