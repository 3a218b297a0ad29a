import { isConsented } from "../../contact/consent.js";
import type { Timings } from "../../engine/timings.js";
import { ChannelError } from "../../errors.js";
import type { BatchStore } from "../../ports/batch-store.js";
import type { Channel, SendOutcome } from "../../ports/channel.js";
import type { Stores } from "../../ports/stores.js";

/** The engine with one safeguard taken out. Only the simulator can put one in: they are wrappers around its ports. */
export interface Mutant {
  readonly stores?: (stores: Stores) => Stores;
  readonly channel?: (channel: Channel) => Channel;
  readonly timings?: Partial<Timings>;
  /** A process that dies leaves no trace of what it was about to send. */
  readonly forgetsIntents?: true;
}

const unknownAs = (kind: (address: string) => SendOutcome) => (channel: Channel) => ({
  ...channel,
  send: async (...[batch, options]: Parameters<Channel["send"]>) =>
    (await channel.send(batch, options)).map((outcome, n) =>
      outcome.kind === "unknown" ? kind(batch.recipients[n]?.address ?? "") : outcome,
    ),
});

/** Batches whose lease epoch is never looked at. */
function unfenced(batches: BatchStore): BatchStore {
  const present = async <K extends { readonly tenantId: number; readonly id: number }>(key: K) => ({
    ...key,
    leaseEpoch: (await batches.get(key.tenantId, key.id))?.leaseEpoch ?? 0,
  });
  return {
    ...batches,
    async transition({ from: _, ...key }, to, patch, options) {
      const batch = await batches.get(key.tenantId, key.id);
      if (!batch) return false;
      return batches.transition({ ...(await present(key)), from: [batch.state] }, to, patch, options);
    },
    advance: async (key, patch, options) => batches.advance(await present(key), patch, options),
    renew: async (key, until) => batches.renew(await present(key), until),
  };
}

const inTransactions = (wrap: (stores: Stores) => Partial<Stores>) => {
  const wrapped = (stores: Stores): Stores => ({
    ...stores,
    ...wrap(stores),
    transaction: (work) => stores.transaction((tx) => work(wrapped(tx))),
  });
  return wrapped;
};

const deliveriesThat = (change: (deliveries: Stores["deliveries"]) => Partial<Stores["deliveries"]>) =>
  inTransactions(({ deliveries }) => ({ deliveries: { ...deliveries, ...change(deliveries) } }));

/** The first five are the safeguards of the delivery contract. */
export const MUTANTS = {
  "send-before-intent": { forgetsIntents: true },
  "no-fence": { stores: inTransactions(({ batches }) => ({ batches: unfenced(batches) })) },
  "no-send-deadline": {
    channel: (channel) => ({
      ...channel,
      send: (batch, options) => channel.send(batch, { ...options, writeBy: Number.POSITIVE_INFINITY }),
    }),
  },
  "unknown-is-not-sent": {
    channel: (channel) => ({
      ...channel,
      async send(batch, options) {
        const outcomes = await channel.send(batch, options);
        if (outcomes.every(({ kind }) => kind !== "unknown")) return outcomes;
        return batch.recipients.map((): SendOutcome => ({ kind: "deferred", notBefore: 0 }));
      },
    }),
  },
  "no-settle-window": { timings: { settleWindowMs: 0 } },
  "unknown-is-accepted": {
    channel: unknownAs(() => ({ kind: "accepted", providerMessageId: "guessed" })),
  },
  "unknown-is-refused": { channel: unknownAs(() => ({ kind: "refused", reason: "guessed" })) },
  "look-up-finds-nothing": { channel: (channel) => ({ ...channel, lookUp: async () => [] }) },
  "marker-of-every-attempt": {
    channel: (channel) => {
      let number = 0;
      return {
        ...channel,
        send: (batch, options) => {
          number += 1;
          const marked = (one: { readonly marker: string }) => ({ marker: `${one.marker}${number}` });
          const recipients = batch.recipients.map((one) => ({ ...one, ...marked(one) }));
          return channel.send({ ...batch, ...marked(batch), recipients }, options);
        },
      };
    },
  },
  "refused-is-accepted": {
    channel: (channel) => ({
      ...channel,
      send: async (batch, options) =>
        (await channel.send(batch, options)).map((outcome) =>
          outcome.kind === "refused" ? { kind: "accepted", providerMessageId: "guessed" } : outcome,
        ),
    }),
  },
  "suppressions-are-not-looked-at": {
    stores: deliveriesThat((deliveries) => ({
      transition: async (tenantId, selector, ...rest) =>
        "heldBackBy" in selector && "suppressedAs" in selector.heldBackBy
          ? 0
          : deliveries.transition(tenantId, selector, ...rest),
    })),
  },
  "caps-are-not-looked-at": {
    stores: deliveriesThat((deliveries) => ({
      transition: async (tenantId, selector, ...rest) =>
        "heldBackBy" in selector && "cappedBy" in selector.heldBackBy
          ? 0
          : deliveries.transition(tenantId, selector, ...rest),
    })),
  },
  "consents-are-read-before-the-claim": {
    stores: inTransactions(({ deliveries, batches, consents }) => ({
      deliveries: {
        ...deliveries,
        transition: async (tenantId, selector, from, to, patch, at) => {
          if (!("heldBackBy" in selector && "withoutConsentTo" in selector.heldBackBy)) {
            return deliveries.transition(tenantId, selector, from, to, patch, at);
          }
          const { batchId } = selector;
          const formedAt = (await batches.get(tenantId, batchId))?.createdAt ?? 0;
          const addresses: string[] = [];
          for (const { customerId, address } of await deliveries.people(tenantId, batchId, "in_batch")) {
            const { items } = await consents.list(tenantId, { customerId, limit: 200 });
            if (!isConsented(items.filter(({ recordedAt }) => recordedAt <= formedAt))) addresses.push(address);
          }
          return deliveries.transition(tenantId, { batchId, addresses }, from, to, patch, at);
        },
      },
    })),
  },
  "quiet-hours-by-one-zone": { stores: deliveriesThat(() => ({ zones: async () => [null] })) },
  "budgets-are-not-looked-at": {
    stores: inTransactions(({ spend }) => ({
      spend: {
        ...spend,
        hold: async (...given) => (await spend.hold(...given)).map((sum) => ({ ...sum, amountMinor: 0 })),
      },
    })),
  },
  "fail-over-on-unknown": {
    channel: (channel) => ({
      ...channel,
      async send(batch, options) {
        const outcomes = await channel.send(batch, options);
        const recipients = batch.recipients.filter((_, n) => outcomes[n]?.kind === "unknown");
        if (recipients.length === 0) return outcomes;
        const again = [...(await channel.send({ ...batch, recipients }, options))];
        return outcomes.map((outcome) => (outcome.kind === "unknown" ? (again.shift() ?? outcome) : outcome));
      },
    }),
  },
  "falls-back-on-unknown": {
    stores: deliveriesThat((deliveries) => ({
      handOn: async (tenantId, people) => {
        if ("batchId" in people.from) {
          const { batchId } = people.from;
          await deliveries.transition(tenantId, { batchId }, "unknown", "failed", { reason: "guessed" }, people.at);
        }
        return deliveries.handOn(tenantId, people);
      },
    })),
  },
  "falls-back-before-the-call-off-is-certain": {
    channel: (channel) => ({
      ...channel,
      cancel: async (...given) => {
        await channel.cancel?.(...given).catch(() => {});
      },
    }),
  },
  "calls-nothing-off": { channel: (channel) => ({ ...channel, cancel: async () => {} }) },
  "open-people-are-not-counted": {
    stores: deliveriesThat((deliveries) => ({
      hasAny: async (tenantId, occurrenceId, states) =>
        deliveries.hasAny(
          tenantId,
          occurrenceId,
          states.filter((state) => state === "needs_review"),
        ),
    })),
  },
  "snapshot-passes-over-people": {
    stores: deliveriesThat((deliveries) => ({
      snapshot: (page) => deliveries.snapshot({ ...page, afterId: page.afterId + 1 }),
    })),
  },
  "calls-are-waited-for": { timings: { callDeadlineMs: 500 * 3_600_000 } },
  "answers-are-believed": {
    channel: (channel) => ({
      ...channel,
      send: async (batch, options) => {
        const answer: unknown = await channel.send(batch, options);
        const outcomes: readonly unknown[] = Array.isArray(answer) ? answer : [];
        return batch.recipients.map((_, n): SendOutcome => {
          const outcome = outcomes[n];
          const isKnown = typeof outcome === "object" && outcome !== null && "kind" in outcome;
          // Whatever is not a refusal is taken for a yes.
          return isKnown && outcome.kind !== "accepted" && outcome.kind !== "sent"
            ? (outcome as SendOutcome)
            : { kind: "accepted", providerMessageId: "believed" };
        });
      },
    }),
  },
  "exceptions-prove-nothing-was-sent": {
    channel: (channel) => ({
      ...channel,
      send: async (batch, options) => {
        try {
          return await channel.send(batch, options);
        } catch (error) {
          if (ChannelError.is(error)) throw error;
          throw new ChannelError("channel.rejected", "guessed", { channel: channel.name, effect: "NOT_SENT" });
        }
      },
    }),
  },
  "batches-are-never-swept": {
    stores: inTransactions(({ batches }) => ({ batches: { ...batches, abandoned: async () => [] } })),
  },
} satisfies Readonly<Record<string, Mutant>>;

/** Safeguards that only worlds of SMS miss. */
export const SMS_MUTANTS: readonly MutantName[] = [
  "consents-are-read-before-the-claim",
  "quiet-hours-by-one-zone",
  "budgets-are-not-looked-at",
  "fail-over-on-unknown",
];

/** Safeguards that only worlds with a next channel miss. */
export const FALL_BACK_MUTANTS: readonly MutantName[] = [
  "falls-back-on-unknown",
  "falls-back-before-the-call-off-is-certain",
  "calls-nothing-off",
];

/** Name of a safeguard that can be taken out. */
export type MutantName = keyof typeof MUTANTS;
