import type { Stores } from "../../ports/stores.js";
import type { Mutant } from "./mutants.js";
import { MUTANTS } from "./mutants.js";

const inTransactions = (wrap: (stores: Stores) => Stores["messages"]) => {
  const wrapped = (stores: Stores): Stores => ({
    ...stores,
    messages: wrap(stores),
    transaction: (work) => stores.transaction((tx) => work(wrapped(tx))),
  });
  return wrapped;
};

/** The engine of messages with one safeguard taken out; those of channels and timings are the ones of pushes. */
export const MESSAGE_MUTANTS = {
  "send-before-intent": { forgetsIntents: true },
  "no-fence": {
    stores: inTransactions(({ messages }) => ({
      ...messages,
      write: async (writes) => {
        const present = await Promise.all(writes.map(({ tenantId, id }) => messages.get(tenantId, id)));
        return messages.write(
          writes.map((one, n) => ({
            ...one,
            leaseEpoch: present[n]?.leaseEpoch ?? one.leaseEpoch,
            from: present[n]?.state ?? one.from,
          })),
        );
      },
    })),
  },
  "messages-are-never-swept": {
    stores: inTransactions(({ messages }) => ({
      ...messages,
      claim: async (work, ...how) => (work === "abandoned" ? [] : messages.claim(work, ...how)),
    })),
  },
  "suppressions-are-not-looked-at": {
    stores: (stores) => {
      const blind = (inner: Stores): Stores => ({
        ...inner,
        suppressions: { ...inner.suppressions, matching: async () => [] },
        transaction: (work) => inner.transaction((tx) => work(blind(tx))),
      });
      return blind(stores);
    },
  },
  "unknown-is-not-sent": MUTANTS["unknown-is-not-sent"],
  "no-settle-window": MUTANTS["no-settle-window"],
  "unknown-is-accepted": MUTANTS["unknown-is-accepted"],
  "unknown-is-refused": MUTANTS["unknown-is-refused"],
  "look-up-finds-nothing": MUTANTS["look-up-finds-nothing"],
} as const satisfies Readonly<Record<string, Mutant>>;

export type MessageMutantName = keyof typeof MESSAGE_MUTANTS;
