import { timingSafeEqual } from "node:crypto";
import { BOOTSTRAP_TENANT_ID, deriveKey, sha256Hex } from "@recallkit/core/ports";
import { HttpError } from "@recallkit/http";
import { type WecomSidebar, wecomSidebar } from "@recallkit/wecom";
import type { ServerContext } from "../../../frame/context.js";

/** Pages of an app live as long as its account stays the same: they keep its tickets. */
const kept = new WeakMap<object, Map<number, { readonly stamp: string; readonly sidebar: WecomSidebar }>>();

/** The pages of a tenant's app. */
export interface TenantSidebar {
  readonly tenantId: number;
  readonly sidebar: WecomSidebar;
}

/** What stands behind `account=` in the address of a tenant's pages; the first tenant's need none. */
export function sidebarKey({ keys }: Pick<ServerContext, "keys">, tenantId: number): string {
  return keyUnder((purpose) => keys.derive(purpose, tenantId), tenantId);
}

function keyUnder(derive: (purpose: string) => Uint8Array, tenantId: number): string {
  return `${tenantId}-${Buffer.from(derive("sidebar-address")).toString("hex").slice(0, 32)}`;
}

/** The tenant that a key names, under the secret in use or an earlier one. */
function tenantOf({ keys, config }: Pick<ServerContext, "keys" | "config">, key: string | undefined) {
  if (key === undefined || key === "" || key === "default") return BOOTSTRAP_TENANT_ID;
  const [, number] = /^(\d{1,15})-[0-9a-f]{32}$/.exec(key) ?? [];
  const tenantId = Number(number);
  if (!Number.isSafeInteger(tenantId) || tenantId < 1) return undefined;
  const known = [
    sidebarKey({ keys }, tenantId),
    ...config.previousSecretKeys.map((secret) => keyUnder((purpose) => deriveKey(secret, purpose, tenantId), tenantId)),
  ];
  // In a time that tells nothing of where they differ.
  const isKnown = known.some((one) => timingSafeEqual(Buffer.from(sha256Hex(one)), Buffer.from(sha256Hex(key))));
  return isKnown ? tenantId : undefined;
}

/**
 * The pages of a tenant's app.
 *
 * @param key as {@link sidebarKey} gives it; absent: the first tenant's
 * @throws {HttpError} 404 `sidebar.missing`: no such key, no app, or nobody has said where the pages are
 */
export async function sidebarOf(context: ServerContext, key: string | undefined): Promise<TenantSidebar> {
  const tenantId = tenantOf(context, key);
  const account = tenantId === undefined ? undefined : await context.wecomAccount(tenantId);
  const publicUrl = context.config.links?.publicUrl;
  if (tenantId === undefined || account?.agentId === undefined || publicUrl === undefined) {
    throw new HttpError(404, "sidebar.missing");
  }
  const isFirst = tenantId === BOOTSTRAP_TENANT_ID;
  const { corpId, secret, baseUrl, agentId } = account;
  const finish = `${publicUrl.replace(/\/$/, "")}/sidebar/finish`;
  const redirectUri = isFirst ? finish : `${finish}?account=${sidebarKey(context, tenantId)}`;
  const stamp = JSON.stringify([corpId, secret, baseUrl, agentId, redirectUri]);
  const known = kept.get(context)?.get(tenantId);
  if (known?.stamp === stamp) return { tenantId, sidebar: known.sidebar };
  const { clock, logger, random, keys } = context;
  const sidebar = wecomSidebar({
    ...{ corpId, secret, baseUrl, agentId, clock, logger, random, redirectUri },
    secretKey: Buffer.from(keys.derive("sidebar", tenantId)).toString("hex"),
    // Somebody may work for two tenants.
    ...(!isFirst && { cookieName: `rk_sidebar_${tenantId}` }),
  });
  const tenants = kept.get(context) ?? new Map<number, { readonly stamp: string; readonly sidebar: WecomSidebar }>();
  kept.set(context, tenants.set(tenantId, { stamp, sidebar }));
  return { tenantId, sidebar };
}

/** A request as the pages read it: only its address and its cookies count. */
export function asRequest(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  cookie: string | undefined,
): Request {
  const url = new URL(path, "http://127.0.0.1");
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return new Request(url, { headers: cookie === undefined ? {} : { cookie } });
}
