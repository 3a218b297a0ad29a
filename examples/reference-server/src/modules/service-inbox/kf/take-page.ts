import { sha256Hex } from "@recallkit/core/ports";
import { type KfMessage, kfAddress, kfFailure } from "@recallkit/wecom";
import * as z from "zod";
import { noteReceipts } from "../../sms/service.js";
import type { Inbox } from "../inbox.js";
import { takeMessage } from "../sessions/store.js";
import { inboxTables } from "../tables.js";
import { openWindow } from "./windows.js";

const CUSTOMER = 3;
const SYSTEM = 4;
const MEMBER = 5;

const textSchema = z.looseObject({ text: z.looseObject({ content: z.string() }) });
const failSchema = z.looseObject({
  event: z.looseObject({
    event_type: z.literal("msg_send_fail"),
    external_userid: z.string(),
    fail_msgid: z.string(),
    fail_type: z.coerce.number(),
  }),
});
const withdrawnSchema = z.looseObject({
  event: z.looseObject({ event_type: z.literal("user_recall_msg"), recall_msgid: z.string() }),
});

/** Puts what an account tells into the conversations, each once. Call it inside a transaction. @returns conversations to work on */
export async function takeAll(inbox: Inbox, openKfid: string, told: readonly KfMessage[]): Promise<readonly number[]> {
  const sessions: number[] = [];
  for (const message of told) {
    const sessionId = await takeOne(inbox, openKfid, message);
    if (sessionId !== undefined) sessions.push(sessionId);
  }
  return sessions;
}

async function takeOne(inbox: Inbox, openKfid: string, message: KfMessage): Promise<number | undefined> {
  const { stores, tenantId, context } = inbox;
  const now = context.clock.now();
  const { msgid, origin, msgtype, external_userid: externalUserId = "", servicer_userid: member } = message;
  if (origin === SYSTEM) return void (await takeEvent(inbox, openKfid, message));
  if (externalUserId === "" || (origin !== CUSTOMER && origin !== MEMBER)) return undefined;
  const at = Math.min(now, (message.send_time ?? 0) * 1000 || now);
  const text = textSchema.safeParse(message);
  const { sessionId, isNew } = await takeMessage(
    stores,
    tenantId,
    {
      ...{ entrance: "wecom_customer", address: externalUserId, via: "engine", toldAt: at },
      ...{ kind: msgtype, body: text.success ? text.data.text.content : "" },
      eventHash: hashOf(openKfid, msgid),
      ...(origin === MEMBER && { writtenBy: `member:${member ?? ""}` }),
    },
    now,
  );
  if (origin !== CUSTOMER) return undefined;
  if (isNew) await openWindow(inbox, { openKfid, externalUserId, at });
  return sessionId;
}

async function takeEvent(inbox: Inbox, openKfid: string, message: KfMessage): Promise<void> {
  const { stores, tenantId, context } = inbox;
  const now = context.clock.now();
  const failed = failSchema.safeParse(message);
  if (failed.success) {
    const { external_userid: externalUserId, fail_msgid: providerMessageId, fail_type: type } = failed.data.event;
    const address = kfAddress({ openKfid, externalUserId });
    const receipt = { providerMessageId, address, kind: "not_delivered", reason: kfFailure(type), at: now } as const;
    await noteReceipts(stores, tenantId, [receipt], now);
    return;
  }
  const withdrawn = withdrawnSchema.safeParse(message);
  if (!withdrawn.success) return;
  // What somebody took back is not for others to read; that something was said stays.
  await inboxTables(stores)
    .updateTable("rk_wechat_messages")
    .set({ body: "", kind: "withdrawn", state: "done" })
    .where("tenant_id", "=", tenantId)
    .where("event_hash", "=", hashOf(openKfid, withdrawn.data.event.recall_msgid))
    .where("direction", "=", "in")
    .execute();
}

function hashOf(openKfid: string, msgid: string): string {
  return `kf:${sha256Hex(`${openKfid}|${msgid}`)}`;
}
