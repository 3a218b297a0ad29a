import { callChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Channel, FoundMessage, Recipient } from "../ports/channel.js";
import type { Batch } from "./batch.js";
import { keptLinks } from "./batch-links.js";
import { checkedFinds } from "./check-answers.js";
import { warn } from "./doubt.js";
import { messageOf } from "./message.js";
import { contentOf, recipientsOf } from "./recipients.js";

/** What a look-up brought. */
export interface LookedUp {
  readonly channel: Channel;
  /** Those who were looked for, on a personal channel. */
  readonly recipients: readonly Recipient[];
  /** Oldest first. */
  readonly messages: readonly FoundMessage[];
}

/** Asks the provider what it has of a batch; undefined: it did not say. */
export async function lookUp(
  context: EngineContext,
  batch: Batch,
  period: { readonly from: number; readonly to: number },
): Promise<LookedUp | undefined> {
  try {
    const message = await messageOf(context, batch);
    const { channel } = message;
    if (!channel.lookUp) return undefined;
    const links = await keptLinks(context.stores, batch, message, "unknown");
    const recipients = await recipientsOf(context.stores, batch, message, "unknown", links);
    const query = { ...period, marker: batch.marker, content: contentOf(message, links), recipients };
    const answer: unknown = await callChannel(context, channel.name, async (signal) =>
      channel.lookUp?.(query, { signal }),
    );
    const messages = checkedFinds(channel.name, answer).toSorted((a, b) => a.createdAt - b.createdAt);
    return { channel, recipients, messages };
  } catch (error) {
    warn(context, batch, "batch.look_up_failed", error);
    return undefined;
  }
}
