import { callChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Channel, FoundMessage, Recipient } from "../ports/channel.js";
import type { Batch } from "./batch.js";
import { keptLinks } from "./batch-links.js";
import { checkedFinds } from "./check-answers.js";
import { warn } from "./doubt.js";
import { answerOf, effectOf } from "./failure.js";
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
    const messages = await noted(context, batch, async () => {
      const answer: unknown = await callChannel(context, channel.name, async (signal) =>
        channel.lookUp?.(query, { signal }),
      );
      return checkedFinds(channel.name, answer).toSorted((a, b) => a.createdAt - b.createdAt);
    });
    return { channel, recipients, messages };
  } catch (error) {
    warn(context, batch, "batch.look_up_failed", error);
    return undefined;
  }
}

/** Keeps what was asked and when beside the calls that send. A question changes nothing, so its row is written with its answer. */
async function noted(
  { stores, clock }: EngineContext,
  { tenantId, id: batchId, lookUps, leaseEpoch }: Batch,
  ask: () => Promise<readonly FoundMessage[]>,
): Promise<readonly FoundMessage[]> {
  const startedAt = clock.now();
  const write = (effect: string, answer: string) =>
    stores.transaction(async (tx) => {
      const call = { tenantId, batchId, kind: "lookup", number: lookUps + 1, leaseEpoch, startedAt } as const;
      const attemptId = await tx.attempts.open(call);
      await tx.attempts.close(tenantId, attemptId, { class: effect, answer, endedAt: clock.now() });
    });
  let messages: readonly FoundMessage[];
  try {
    messages = await ask();
  } catch (error) {
    await write(effectOf(error), answerOf(error));
    throw error;
  }
  await write("OK", JSON.stringify({ found: messages.length }));
  return messages;
}
