import { slicesOf } from "../chunks.js";
import { callChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Stores } from "../ports/stores.js";
import type { Batch } from "./batch.js";
import { checkedGroups } from "./check-answers.js";
import { NO_SENDER } from "./fall-back-reasons.js";
import { formLaterBatch } from "./form-batches.js";
import { moveDeliveries } from "./moves.js";
import type { Message } from "./recipients.js";
import { LeaseLostError } from "./transition.js";

const ROWS = 1_000;

/**
 * Lets people leave a batch whom its one call can't reach, before anything is sent: those of the channel's first group stay, each
 * further group gets a batch of its own, and whoever is in none is suppressed.
 *
 * Each group leaves in a transaction of its own, so that a crash leaves a smaller batch that is divided again.
 *
 * @throws {ChannelError} the channel can't tell at present
 * @throws {LeaseLostError} somebody else holds the batch
 */
export async function divideBatch(
  context: EngineContext,
  batch: Batch,
  { channel, content }: Pick<Message, "channel" | "content">,
): Promise<void> {
  if (!channel.divide || channel.personal) return;
  const { stores, clock } = context;
  const { tenantId, id: batchId } = batch;
  const addresses = await stores.deliveries.addresses(tenantId, batchId);
  if (addresses.length === 0) return;
  const answer: unknown = await callChannel(context, channel.name, async (signal) =>
    channel.divide?.(tenantId, content, addresses, { signal }),
  );
  const groups = checkedGroups(channel.name, answer, addresses);
  if (groups === undefined) return;
  const reached = new Set(groups.flat());
  const unreached = addresses.filter((address) => !reached.has(address));
  let size = addresses.length;

  const leave = (people: readonly string[], work: (tx: Stores, move: Move, at: number) => Promise<void>) => {
    size -= people.length;
    return stores.transaction(async (tx) => {
      // Holds the batch, and says how many are left.
      const isHeld = await tx.batches.advance({ tenantId, id: batchId, leaseEpoch: batch.leaseEpoch }, { size });
      if (!isHeld) throw new LeaseLostError("batch", batchId);
      const at = clock.now();
      const move: Move = async (to, patch) => {
        for (const slice of slicesOf(people, ROWS)) {
          await moveDeliveries(tx, tenantId, { batchId, addresses: slice }, "in_batch", to, at, patch);
        }
      };
      await work(tx, move, at);
    });
  };

  if (unreached.length > 0) await leave(unreached, (_tx, move) => move("suppressed", { reason: NO_SENDER }));
  for (const group of groups.slice(1)) {
    await leave(group, async (tx, move, at) => {
      // Who forms a further batch numbers it: one after the other. A batch takes whoever is queued, so nobody else may be.
      await tx.occurrences.get(tenantId, batch.occurrenceId, "exclusive");
      await move("queued", { reason: null, batchId: null });
      await formLaterBatch(tx, context, batch, channel, { notBefore: at, at, resends: batch.resends });
    });
  }
}

type Move = (
  to: "queued" | "suppressed",
  patch: { readonly reason: string | null; readonly batchId?: null },
) => Promise<void>;
