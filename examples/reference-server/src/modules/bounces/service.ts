// What others may use of this module.

import { type Bounce, type BounceStore, readBounce, suppressionOf } from "@recallkit/channels/email";
import type { Clock, RecallKit } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { addBounces, findBounces } from "./store.js";

const CHANNEL = "email";

/** Bounces of a tenant in its database: for `emailChannel`. */
export function storedBounces(
  stores: SqlStores,
  tenantId: number,
  { clock }: { readonly clock: Pick<Clock, "now"> },
): BounceStore {
  return {
    async put(bounces) {
      await addBounces(
        stores,
        bounces.flatMap(({ kind, providerMessageId, address, reason }) =>
          providerMessageId === undefined || kind === "delayed"
            ? []
            : [
                {
                  ...{ tenant_id: tenantId, provider_message_id: providerMessageId, address },
                  ...{ kind, reason, received_at: clock.now() },
                },
              ],
        ),
      );
    },
    async find(ids) {
      // The reader of a complaint has got the mail.
      return (await findBounces(stores, tenantId, ids))
        .filter(({ kind }) => kind === "bounced")
        .map(({ provider_message_id: providerMessageId, address, reason }): Bounce => {
          return { kind: "bounced", address, reason, providerMessageId };
        });
    },
  };
}

/** What became of a mail that came back. */
export interface TakenBounces {
  /** What the mail says of our mails; 0: it is no bounce, or not of a mail of this tenant. */
  readonly taken: number;
  /** Addresses that get no mails any more. */
  readonly suppressed: number;
}

/**
 * Takes a mail that came to the address of bounces. Anybody can write such a mail: it counts for a mail that this tenant sent, and
 * for the address that it was sent to. The mailbox is none, or its owner complains: the address gets no further mails.
 */
export async function takeBounce(
  { stores, kit, clock }: { readonly stores: SqlStores; readonly kit: RecallKit; readonly clock: Pick<Clock, "now"> },
  tenantId: number,
  raw: Uint8Array,
): Promise<TakenBounces> {
  const told = await readBounce(raw);
  const { messages, suppressions } = kit.forTenant(tenantId);
  // All of one notice are about one mail, however many addresses it names.
  const providerMessageId = told.find((bounce) => bounce.providerMessageId !== undefined)?.providerMessageId;
  if (providerMessageId === undefined) return { taken: 0, suppressed: 0 };
  const { items } = await messages.list({ channel: CHANNEL, providerMessageId, limit: 1 });
  const ours = told.filter(({ address, kind }) => kind !== "delayed" && address === items[0]?.address);
  if (ours.length === 0) return { taken: 0, suppressed: 0 };
  return stores.transaction(async () => {
    await storedBounces(stores, tenantId, { clock }).put(ours);
    const entries = ours.flatMap((bounce) => suppressionOf(bounce, CHANNEL) ?? []);
    if (entries.length > 0) await suppressions.addMany(entries);
    await messages.expedite([providerMessageId]);
    return { taken: ours.length, suppressed: entries.length };
  });
}
