import type { Clock, Logger } from "@recallkit/core";
import type { HttpTransport } from "@recallkit/core/ports";
import { createWecomClient, type WecomClient } from "@recallkit/wecom";
import type { SharedState } from "../shared-state.js";

/** With what a tenant calls WeCom. */
export interface WecomLogin {
  readonly corpId: string;
  readonly secret: string;
  readonly baseUrl?: string | undefined;
  /** The app that writes to members and whose pages they open; undefined: none is named. */
  readonly agentId?: number | undefined;
}

/** Finds the account of a tenant at WeCom; undefined: none is configured. */
export type FindWecomAccount = (tenantId: number) => Promise<WecomLogin | undefined>;

/** Finds the client of a tenant's account; undefined: none is configured. */
export type FindWecomClient = (tenantId: number) => Promise<WecomClient | undefined>;

/** Clients of all tenants, each kept for as long as its account stays the same: it keeps the access token. */
export function wecomClients(
  findAccount: FindWecomAccount,
  {
    clock,
    logger,
    shared,
    transport,
    timeoutMs,
  }: {
    readonly clock: Clock;
    readonly logger: Logger;
    readonly shared: SharedState | undefined;
    /** @default connections of its own */
    readonly transport?: HttpTransport | undefined;
    readonly timeoutMs: number | undefined;
  },
): FindWecomClient {
  const kept = new Map<number, { readonly stamp: string; readonly client: WecomClient }>();
  return async (tenantId) => {
    const account = await findAccount(tenantId);
    if (!account) {
      kept.delete(tenantId);
      return undefined;
    }
    const { corpId, secret, baseUrl } = account;
    const stamp = JSON.stringify([corpId, secret, baseUrl]);
    const known = kept.get(tenantId);
    if (known?.stamp === stamp) return known.client;
    const { tokenCache, rateLimiter } = shared ?? {};
    const parts = { clock, logger, tokenCache, rateLimiter, transport, timeoutMs };
    const client = createWecomClient({ corpId, secret, baseUrl, ...parts });
    kept.set(tenantId, { stamp, client });
    return client;
  };
}
