import { ChannelError, RecallKitError } from "@recallkit/core";
import type { KfMessage, WecomClient } from "@recallkit/wecom";
import { type InboxContext, inboxOf } from "../inbox.js";
import { workSession } from "../sessions/work.js";
import { accountOf, type KfAccountKey, type KfAccountRow, type KfLease, takeAccount } from "./accounts.js";
import { bindStrangers } from "./bind-strangers.js";
import { takeAll } from "./take-page.js";

const LEASE_MS = 60_000;
/** A little less than WeCom gives it. */
const TOKEN_MS = 9 * 60_000;
/** Messages that one transaction keeps. */
const AT_ONCE = 100;
const BAD_CURSOR = "50100";
const BAD_TOKEN = "95007";

/**
 * Fetches what is new in a service account from where the last fetch ended, keeps it, and answers: one process at a time for an
 * account. The cursor is written with what came before it, so that nothing is lost and what comes again is known.
 *
 * @returns messages and events that were read
 */
export async function syncAccount(context: InboxContext, key: KfAccountKey, signal?: AbortSignal): Promise<number> {
  const { stores, clock, logger } = context;
  const touched = new Set<number>();
  let read = 0;
  const lease = await takeAccount(stores, key, { clock, leaseMs: LEASE_MS });
  if (!lease) return 0;
  let failed: { readonly attempts: number } | undefined;
  try {
    for (;;) {
      const account = await accountOf(stores, key);
      // What is told meanwhile raises `news`, and is fetched before we leave.
      if (!account || account.news <= account.seen || signal?.aborted) break;
      failed = account;
      const client = await context.wecomClient(key.tenantId);
      if (!client) break;
      read += await fetchNews(context, { key, account, lease, client, touched }, signal);
      if (!(await lease.write(stores, { seen: account.news, attempts: 0 }))) break;
      failed = undefined;
    }
  } catch (error) {
    const code = RecallKitError.is(error) ? error.code : "unexpected";
    logger.warn("kf.postponed", { tenantId: key.tenantId, code });
  } finally {
    await lease.release(failed);
  }
  if (touched.size === 0) return read;
  const inbox = await inboxOf(context, key.tenantId);
  await bindStrangers(inbox, [...touched], signal);
  for (const sessionId of touched) await workSession(inbox, sessionId, signal);
  return read;
}

interface Fetch {
  readonly key: KfAccountKey;
  readonly account: KfAccountRow;
  readonly lease: KfLease;
  readonly client: WecomClient;
  /** Conversations with something new; grows. */
  readonly touched: Set<number>;
}

async function fetchNews(context: InboxContext, fetch: Fetch, signal: AbortSignal | undefined): Promise<number> {
  const { key, account, lease, client } = fetch;
  const { token, token_at: tokenAt, sync_cursor: cursor } = account;
  const isFresh = token !== null && context.clock.now() < tokenAt + TOKEN_MS;
  const query = { open_kfid: key.openKfid, ...(cursor !== null && { cursor }), ...(isFresh && { token }) };
  let read = 0;
  try {
    for await (const page of client.kfSyncMsg(query, signal ? { signal } : {})) {
      await keepPage(context, fetch, page);
      read += page.messages.length;
    }
    return read;
  } catch (error) {
    const code = ChannelError.is(error) ? error.providerCode : undefined;
    // Without it three days are read again, of which everything is known.
    const change = code === BAD_CURSOR && cursor !== null ? { sync_cursor: null } : undefined;
    const without = change ?? (code === BAD_TOKEN && isFresh ? { token: null } : undefined);
    if (!without || !(await lease.write(context.stores, without))) throw error;
    return read + (await fetchNews(context, { ...fetch, account: { ...account, ...without } }, signal));
  }
}

/** Keeps a page, and the cursor with the last of it. */
async function keepPage(
  context: InboxContext,
  { key, lease, touched }: Fetch,
  { messages, cursor }: { readonly messages: readonly KfMessage[]; readonly cursor: string | undefined },
): Promise<void> {
  const { stores } = context;
  const inbox = await inboxOf(context, key.tenantId);
  for (let from = 0; from === 0 || from < messages.length; from += AT_ONCE) {
    const isLast = from + AT_ONCE >= messages.length;
    const sessions = await stores.transaction(() => takeAll(inbox, key.openKfid, messages.slice(from, from + AT_ONCE)));
    for (const sessionId of sessions) touched.add(sessionId);
    if (!(await lease.write(stores, isLast && cursor !== undefined ? { sync_cursor: cursor } : {}))) {
      throw new RangeError("another process fetches this account by now");
    }
  }
}
