import type { ReceivedCallback, WecomCallback } from "@recallkit/wecom";
import { type InboxContext, inboxOf } from "../inbox.js";
import { takeMessage } from "./store.js";
import { workSession } from "./work.js";

/** Kinds of what members write to the app. */
const KINDS: ReadonlySet<string> = new Set(["text", "image", "voice", "video", "location", "link"]);

/** What becomes of messages of members to the app: each is kept once, and then worked on in its order. */
export function memberMessages(context: InboxContext) {
  const placeOf = (tenantId: number, { key, event }: ReceivedCallback<WecomCallback>) =>
    takeMessage(
      context.stores,
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
      context.clock.now(),
    );
  return {
    async keep(tenantId: number, received: ReceivedCallback<WecomCallback>): Promise<void> {
      if (KINDS.has(received.event.kind)) await placeOf(tenantId, received);
    },
    async work(tenantId: number, received: ReceivedCallback<WecomCallback>): Promise<void> {
      if (!KINDS.has(received.event.kind)) return;
      // It is there by now, and only found.
      const { sessionId } = await placeOf(tenantId, received);
      await workSession(await inboxOf(context, tenantId), sessionId, context.stopping);
    },
  };
}
