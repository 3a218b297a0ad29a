import { ChannelError, ConflictError } from "@recallkit/core";
import { sha256Hex } from "@recallkit/core/ports";
import { createWebhookBot, type WebhookBot } from "@recallkit/wecom";
import * as z from "zod";
import { insertAbsent } from "../engine.js";
import type { Inbox, InboxContext } from "../inbox.js";
import { withinBytes } from "../sessions/send-reply.js";
import { inboxSettings } from "../settings.js";
import { inboxTables } from "../tables.js";

const BOT = "group-bot";
const MINUTE_MS = 60_000;
const MOST_BYTES = 4096;
const bot = z.object({ key: z.string(), base_url: z.string().optional() });

/** Bots count what they post, so that each is kept. */
const kept = new WeakMap<object, Map<string, WebhookBot>>();

function botOf(context: InboxContext, key: string, baseUrl: string | undefined): WebhookBot {
  const bots = kept.get(context.transport) ?? new Map<string, WebhookBot>();
  kept.set(context.transport, bots);
  const name = JSON.stringify([key, baseUrl]);
  const { transport, clock, logger } = context;
  const known =
    bots.get(name) ?? createWebhookBot({ key, transport, clock, logger, ...(baseUrl !== undefined && { baseUrl }) });
  bots.set(name, known);
  return known;
}

/** Something that a group of members is told of. */
export interface Notice {
  readonly markdown: string;
  /** Userids, or `@all`. */
  readonly mentioned: readonly string[];
  /** Names what it is about. */
  readonly key: string;
  readonly state: "open" | "recovered";
  readonly repeatMinutes: number;
}

/** What came of it. */
export interface NoticeOutcome {
  readonly result: "sent" | "duplicate" | "not-open" | "rate-limited";
  /** How often the same was not told again since it was told. */
  readonly suppressed: number;
  /** Seconds until the provider takes more. */
  readonly retryAfter: number | null;
}

/**
 * Tells the group once of what is the same, again when it has changed or the time is over, and once of its end; an end of what
 * nobody was told of is not told.
 *
 * @throws {ConflictError} `group-bot.missing`. @throws {ChannelError} the provider has refused it, or nobody knows
 */
export async function notifyGroup(inbox: Inbox, notice: Notice): Promise<NoticeOutcome> {
  const { stores, tenantId, context } = inbox;
  const { groupBot } = await inboxSettings(stores, tenantId);
  if (groupBot === null) throw new ConflictError("group-bot.missing", "no group bot is set");
  const { key, base_url: baseUrl } = bot.parse(JSON.parse(context.keys.open({ purpose: BOT, tenantId }, groupBot)));
  const now = context.clock.now();
  const contentHash = sha256Hex(JSON.stringify([notice.markdown, notice.mentioned]));
  const claim = await claimNotice(inbox, notice, { contentHash, now });
  if (claim.kind !== "tell") return { result: claim.kind, suppressed: claim.suppressed, retryAfter: null };
  try {
    const client = botOf(inbox.context, key, baseUrl);
    await client.send({ msgtype: "markdown", markdown: { content: markdownOf(notice) } });
    return { result: "sent", suppressed: claim.suppressed, retryAfter: null };
  } catch (error) {
    // Of what certainly was not told the next request is told; of what may have been told it is not.
    if (!ChannelError.is(error) || error.effect === "UNKNOWN") throw error;
    await claim.giveBack();
    if (error.effect === "RATE_LIMITED")
      return { result: "rate-limited", suppressed: claim.suppressed, retryAfter: 60 };
    throw error;
  }
}

/** Mentions stand at the end, which is where members look for them. */
function markdownOf({ markdown, mentioned, state }: Notice): string {
  const names = mentioned.map((userId) => (userId === "@all" ? "<@all>" : `<@${userId}>`)).join(" ");
  const head = state === "recovered" ? '<font color="info">已恢复</font> ' : "";
  const tail = names === "" ? "" : `\n${names}`;
  return withinBytes(`${head}${markdown}`, MOST_BYTES - Buffer.byteLength(tail)) + tail;
}

type Claim =
  | { readonly kind: "duplicate" | "not-open"; readonly suppressed: number }
  | { readonly kind: "tell"; readonly suppressed: number; giveBack(): Promise<void> };

/** Writes down that it is told, before it is: of several at once one tells. */
async function claimNotice(
  { stores, tenantId }: Inbox,
  { key, state, repeatMinutes }: Notice,
  { contentHash, now }: { readonly contentHash: string; readonly now: number },
): Promise<Claim> {
  const db = inboxTables(stores);
  const mine = { tenant_id: tenantId, notice_key: key };
  const next = { state, content_hash: contentHash, told_at: now, updated_at: now };
  return stores.transaction(async () => {
    const isNew =
      state === "open" &&
      (await insertAbsent(stores, "rk_group_notices", { ...mine, ...next, told: 1, suppressed: 0 }));
    const row = await db
      .selectFrom("rk_group_notices")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .where("notice_key", "=", key)
      .executeTakeFirst();
    if (!row) return { kind: "not-open", suppressed: 0 };
    const restore = async () => {
      if (isNew) {
        await db.deleteFrom("rk_group_notices").where("tenant_id", "=", tenantId).where("id", "=", row.id).execute();
        return;
      }
      const { state: before, content_hash, told, suppressed, told_at } = row;
      await db
        .updateTable("rk_group_notices")
        .set({ state: before, content_hash, told, suppressed, told_at })
        .where("tenant_id", "=", tenantId)
        .where("id", "=", row.id)
        .execute();
    };
    if (isNew) return { kind: "tell", suppressed: 0, giveBack: restore };
    if (state === "recovered" && row.state === "recovered") return { kind: "not-open", suppressed: row.suppressed };
    const isSame = row.state === state && row.content_hash === contentHash;
    if (isSame && now - row.told_at < repeatMinutes * MINUTE_MS) {
      await db
        .updateTable("rk_group_notices")
        .set(({ eb }) => ({ suppressed: eb("suppressed", "+", 1), updated_at: now }))
        .where("tenant_id", "=", tenantId)
        .where("id", "=", row.id)
        .execute();
      return { kind: "duplicate", suppressed: row.suppressed + 1 };
    }
    const { numUpdatedRows } = await db
      .updateTable("rk_group_notices")
      .set({ ...next, told: row.told + 1, suppressed: 0 })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", row.id)
      .where("told", "=", row.told)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return { kind: "duplicate", suppressed: row.suppressed };
    return { kind: "tell", suppressed: row.suppressed, giveBack: restore };
  });
}
