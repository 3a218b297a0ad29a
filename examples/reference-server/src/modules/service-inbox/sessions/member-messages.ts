import type { ReceivedCallback, WecomCallback } from "@recallkit/wecom";
import { type InboxContext, inboxOf } from "../inbox.js";
import { noteNews } from "../kf/accounts.js";
import { syncAccount } from "../kf/sync-account.js";
import { takeMessage } from "./store.js";
import { workSession } from "./work.js";

/** Kinds of what members write to the app. */
const KINDS: ReadonlySet<string> = new Set(["text", "image", "voice", "video", "location", "link"]);

/**
 * What becomes of messages of members to the app: each is kept once, and then worked on in its order. News of customer service are
 * fetched.
 */
export function memberMessages(context: InboxContext) {
  const { stores, clock, stopping } = context;
  const placeOf = (tenantId: number, { key, event }: ReceivedCallback<WecomCallback>) =>
    takeMessage(
      stores,
      tenantId,
      {
        entrance: "wecom_staff",
        address: event.fromUserName,
        kind: event.kind,
        body: event.kind === "text" ? event.content : "",
        eventHash: key,
        via: "engine",
        toldAt: event.createdAt,
      },
      clock.now(),
    );
  return {
    async keep(tenantId: number, received: ReceivedCallback<WecomCallback>): Promise<void> {
      const { event } = received;
      if (KINDS.has(event.kind)) await placeOf(tenantId, received);
      if (event.kind !== "kf_msg_or_event") return;
      await noteNews(stores, { tenantId, openKfid: event.openKfId }, { token: event.token, now: clock.now() });
    },
    async work(tenantId: number, received: ReceivedCallback<WecomCallback>): Promise<void> {
      const { event } = received;
      if (event.kind === "kf_msg_or_event") {
        await syncAccount(context, { tenantId, openKfid: event.openKfId }, stopping);
        return;
      }
      if (!KINDS.has(event.kind)) return;
      // It is there by now, and only found.
      const { sessionId } = await placeOf(tenantId, received);
      await workSession(await inboxOf(context, tenantId), sessionId, stopping);
    },
  };
}
