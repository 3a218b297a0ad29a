import { ChannelError, NotFoundError, RecallKitError } from "@recallkit/core";
import { createWecomClient } from "@recallkit/wecom";
import type { ServerContext } from "../../frame/context.js";

/** What a provider said to an account. */
export interface AccountTrial {
  readonly isOk: boolean;
  /** Class of the failure; null: there was none, or it is none of the provider's. */
  readonly effect: string | null;
  /** The provider's own code. */
  readonly providerCode: string | null;
  /** Code of our error. */
  readonly code: string | null;
}

const LONGEST_MS = 10_000;

/**
 * Asks WeCom for an access token by the account that a tenant's messages go out with, without the one that is kept.
 *
 * @throws {NotFoundError} `channel-account.not-found`
 */
export async function tryWecomAccount(
  { wecomAccount, clock }: Pick<ServerContext, "wecomAccount" | "clock">,
  tenantId: number,
): Promise<AccountTrial> {
  const account = await wecomAccount(tenantId);
  if (!account) throw new NotFoundError("channel-account.not-found", "no account of wecom");
  const { corpId, secret, baseUrl } = account;
  try {
    const client = createWecomClient({ corpId, secret, baseUrl, clock, timeoutMs: LONGEST_MS });
    await client.getAccessToken(false, { signal: AbortSignal.timeout(2 * LONGEST_MS) });
    return { isOk: true, effect: null, providerCode: null, code: null };
  } catch (error) {
    if (!RecallKitError.is(error)) throw error;
    const told = ChannelError.is(error) ? error : undefined;
    return {
      isOk: false,
      effect: told?.effect ?? null,
      providerCode: told?.providerCode ?? null,
      code: error.code,
    };
  }
}
