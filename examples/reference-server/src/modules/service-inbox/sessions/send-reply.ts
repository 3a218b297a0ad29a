import { ConflictError } from "@recallkit/core";
import { kfAddress } from "@recallkit/wecom";
import { insertNumbered } from "../engine.js";
import type { Entrance, Inbox } from "../inbox.js";
import { takeRoom } from "../kf/windows.js";
import { inboxTables } from "../tables.js";
import type { SessionRow } from "./store.js";

/** Channels by which somebody is answered who is met at an entrance; undefined: only in the app of the member. */
const CHANNEL_OF: Readonly<Partial<Record<Entrance, string>>> = {
  official_account: "official-account-customer",
  wecom_staff: "wecom-staff",
  wecom_customer: "wecom-kf",
};
const TEMPLATE = "服务台消息";
const NO_CHANNEL = "wechat-session.no-channel";
const WINDOW_OVER = "wechat-session.window-over";
/** Longest text that both channels take, bytes. */
const MOST_BYTES = 2048;

/** A text that goes into a conversation. */
export interface ReplyInput {
  readonly session: Pick<SessionRow, "id" | "entrance" | "address" | "next_sequence">;
  readonly text: string;
  /** Unique for what is said. */
  readonly key: string;
  /** `router`, `staff:3`, `desk`. */
  readonly author: string;
  /** `callback`: it goes out in the answer to the request. */
  readonly via: "callback" | "engine";
  readonly decisionId: number | null;
}

/**
 * Puts a text into a conversation and lets it go out, by the engine of messages unless the request that waits takes it along.
 * Call it inside a transaction that holds the session. @returns its number
 *
 * @throws {ConflictError} `wechat-session.no-channel`: nobody can be written to there; `wechat-session.window-over`: not now
 */
export async function sendReply(inbox: Inbox, { session, text, key, author, via, decisionId }: ReplyInput) {
  const { stores, tenantId, context } = inbox;
  const now = context.clock.now();
  const body = withinBytes(text, MOST_BYTES);
  const messageId = via === "engine" ? await handOver(inbox, session, body, key) : null;
  const id = await insertNumbered(stores, "rk_wechat_messages", {
    tenant_id: tenantId,
    session_id: session.id,
    sequence: session.next_sequence,
    direction: "out",
    author,
    kind: "text",
    body,
    event_hash: key,
    via,
    state: "done",
    attempts: 0,
    not_before: now,
    push_kind: null,
    push_id: null,
    message_id: messageId,
    decision_id: decisionId,
    told_at: now,
    created_at: now,
  });
  await inboxTables(stores)
    .updateTable("rk_wechat_sessions")
    .set({ next_sequence: session.next_sequence + 1, last_at: now })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", session.id)
    .execute();
  return id;
}

async function handOver(
  inbox: Inbox,
  session: ReplyInput["session"],
  text: string,
  key: string,
): Promise<number | null> {
  const { context, tenantId } = inbox;
  // Only these are written.
  const entrance = session.entrance as Entrance;
  const channel = CHANNEL_OF[entrance];
  if (channel === undefined) {
    if (entrance === "api") return null;
    throw new ConflictError(NO_CHANNEL, `nobody can be written to at ${entrance}`);
  }
  const templateId = await templateOf(inbox, { name: TEMPLATE, channel, text: "{{text}}", variable: "text" });
  const { id } = await context.kit.forTenant(tenantId).messages.send({
    templateId,
    recipient: await recipientOf(inbox, entrance, session.address),
    variables: { text },
    priority: 9,
    idempotencyKey: `inbox:${session.id}:${key}`,
  });
  return id;
}

/** @throws {ConflictError} `wechat-session.no-channel`, `wechat-session.window-over` */
async function recipientOf(inbox: Inbox, entrance: Entrance, address: string): Promise<string> {
  if (entrance === "wecom_staff") return `member:${address}`;
  if (entrance !== "wecom_customer") return address;
  const taken = await takeRoom(inbox, address);
  if (taken.kind === "room") return kfAddress({ openKfid: taken.openKfid, externalUserId: address });
  if (taken.kind === "stranger") throw new ConflictError(NO_CHANNEL, "the customer never wrote to customer service");
  throw new ConflictError(WINDOW_OVER, "48 hours or five messages since the customer's last one");
}

/** Whether somebody can't be written to, which is no fault of what was to be said. */
export function isUnreachable(error: unknown): boolean {
  return ConflictError.is(error) && (error.code === NO_CHANNEL || error.code === WINDOW_OVER);
}

/** The template of a channel for what the inbox says; made when it is needed first. */
export async function templateOf(
  { context, tenantId }: Pick<Inbox, "context" | "tenantId">,
  { name, channel, text, variable }: Readonly<Record<"name" | "channel" | "text" | "variable", string>>,
): Promise<number> {
  const { templates } = context.kit.forTenant(tenantId).messages;
  const { items } = await templates.list({ channel, search: name, limit: 10 });
  const known = items.find(({ definition, status }) => definition.name === name && status === "active");
  if (known) return known.id;
  const made = await templates.create({
    name,
    channel,
    content: { text },
    variables: { [variable]: { type: "text", maxLength: 5000, isMultiline: true, example: "您好" } },
    messageClass: "transactional",
  });
  return made.id;
}

/** A text that is no longer than a channel takes, whole characters only. */
export function withinBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  let length = 0;
  let cut = "";
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > most - 3) break;
    cut += character;
  }
  return `${cut}…`;
}
