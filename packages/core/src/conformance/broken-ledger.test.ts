import { describe } from "vitest";
import type { Stores } from "../ports/stores.js";
import {
  attemptStoreConformance,
  ledgerStoresConformance,
  rowLockConformance,
  transactionConformance,
} from "./index.js";
import { broken, brokenBy, forgetful, mixTenants, provesEveryCase, skipsRow, takes, tells } from "./testing/broken.js";

describe("attempts", () => {
  provesEveryCase(attemptStoreConformance, {
    "closes what does not exist": broken({ attempts: { close: tells(() => true) } }, [
      "an empty store finds nothing",
      "an attempt is closed once",
      "of 50 callers who close one attempt one wins",
    ]),
    "opens attempts that are closed": broken(
      {
        attempts: {
          list: tells(({ items, nextCursor }) => ({
            items: items.map((each) => ({ ...each, endedAt: each.endedAt ?? 0 })),
            nextCursor,
          })),
        },
      },
      ["an attempt is open at first"],
    ),
    "closes every batch": broken(
      {
        attempts: {
          closeOpen:
            (real, { attempts }) =>
            async (tenantId, _, outcome) => {
              for (const { batchId } of (await attempts.list(tenantId, {})).items)
                await real(tenantId, batchId, outcome);
            },
        },
      },
      ["closing what is open spares closed attempts and other batches"],
    ),
    "takes look-ups for calls that send": broken(
      {
        attempts: {
          list: tells(({ items, nextCursor }) => ({
            items: items.map((each) => ({ ...each, kind: "send" as const })),
            nextCursor,
          })),
        },
      },
      ["look-ups are told from calls that send, which alone are the latest"],
    ),
    "lets a page skip a row": broken({ attempts: { list: tells(skipsRow) } }, [
      "filters narrow a list that runs by id",
    ]),
    "ignores tenantId": brokenBy(mixTenants, ["foreign attempts can be neither read nor written"]),
    "forgets on reopen": forgetful(["attempts survive a restart"]),
  });
});

describe("audit, alarms, settings and media", () => {
  provesEveryCase(ledgerStoresConformance, {
    "invents records": broken(
      {
        audit: {
          list: (real) => async (tenantId, entity, entityId, limit) => {
            const found = await real(tenantId, entity, entityId, limit);
            return found.length > 0
              ? found
              : [{ tenantId, entity, entityId, from: "", to: "", reason: null, count: 0, leaseEpoch: null, at: 0 }];
          },
        },
      },
      ["an empty audit has no records"],
    ),
    "lists the newest record first": broken({ audit: { list: tells((records) => records.toReversed()) } }, [
      "every field comes back in order of writing",
    ]),
    "ignores tenantId": brokenBy(mixTenants, [
      "records are kept per row and tenant",
      "alarms of tenants are apart",
      "media of tenants are apart",
    ]),
    "never ends a list": broken({ alarms: { list: tells(({ items }) => ({ items, nextCursor: "0" })) } }, [
      "no alarms are listed at first",
    ]),
    "lets a page skip a row": broken({ alarms: { list: tells(skipsRow) } }, [
      "every field comes back, each alarm once",
    ]),
    "lets the last one look after it": broken(
      {
        alarms: {
          acknowledge: tells((row, _, __, { by, at }) => row && { ...row, acknowledgedBy: by, acknowledgedAt: at }),
        },
      },
      ["the first who looks after an alarm stays"],
    ),
    "forgets nobody": broken({ alarms: { forgetAddresses: () => async () => {} } }, [
      "an address of somebody erased is forgotten, with those of others and of other tenants kept",
    ]),
    "says empty for unknown": broken(
      {
        config: { get: tells((value) => value ?? "") },
        media: { get: tells((media, _, sha256) => media ?? { sha256, contentType: "", bytes: new Uint8Array() }) },
      },
      ["an unknown setting is undefined", "unknown media are undefined"],
    ),
    "keeps the first value": broken(
      {
        config: {
          put:
            (_, { config }) =>
            async (...args) =>
              void (await config.putIfAbsent(...args)),
        },
      },
      ["the newest value of a setting stands"],
    ),
    "overwrites what exists": broken(
      {
        config: {
          putIfAbsent:
            (_, { config }) =>
            async (...args) =>
              config.put(...args).then(() => args[2]),
        },
      },
      ["a setting that exists is not written again"],
    ),
    "reads, then writes": broken(
      {
        config: {
          putIfAbsent:
            (_, { config }) =>
            async (tenantId, key, value) => {
              const standing = await config.get(tenantId, key);
              if (standing === undefined) await config.put(tenantId, key, value);
              return standing ?? value;
            },
        },
      },
      ["of 50 callers who write a new setting one wins"],
    ),
    "has case-insensitive keys": broken(
      {
        config: {
          get: takes((tenantId, key) => [tenantId, key.toLowerCase()]),
          put: takes((tenantId, key, value) => [tenantId, key.toLowerCase(), value]),
        },
      },
      ["keys compare bytewise"],
    ),
    "keeps settings of one tenant": broken(
      {
        config: {
          get: takes((_, key) => [0, key]),
          put: takes((_, key, value) => [0, key, value]),
          putIfAbsent: takes((_, key, value) => [0, key, value]),
        },
      },
      ["settings of tenants and of the installation are apart"],
    ),
    "takes bytes for text": broken(
      {
        media: {
          get: tells((media) => media && { ...media, bytes: Buffer.from(Buffer.from(media.bytes).toString("utf8")) }),
        },
      },
      ["every byte comes back"],
    ),
    "lets the last caller win": broken(
      {
        media: {
          get: (real) => async (tenantId, sha256) => {
            const media = await real(tenantId, sha256);
            return media && { ...media, contentType: "image/jpeg" };
          },
        },
      },
      ["50 callers may put the same bytes"],
    ),
    "forgets on reopen": forgetful(["audit, alarms, settings and media survive a restart"]),
  });
});

describe("transactions", () => {
  /** Runs the work, takes it back, and says that all is well. */
  const takesBack =
    (real: Stores["transaction"]): Stores["transaction"] =>
    async (work) => {
      const done = new Error("taken back");
      let results: readonly Awaited<ReturnType<typeof work>>[] = [];
      const undone = real(async (tx) => {
        results = [await work(tx)];
        throw done;
      });
      await undone.catch((error: unknown) => (error === done ? undefined : Promise.reject(error)));
      return results[0] as Awaited<ReturnType<typeof work>>;
    };

  provesEveryCase(transactionConformance, {
    "loses roll-back": broken({ transaction: (_, stores) => (work) => work(stores) }, [
      "a failed transaction leaves nothing in any store",
      "a failed transaction takes updates back",
      "what was rolled back can be written again",
      "nobody outside sees what is rolled back",
      "a nested transaction is rolled back with the outer one",
      "of 50 transactions at once those that fail leave nothing",
      "only what was committed survives a restart",
    ]),
    "never commits": broken({ transaction: takesBack }, [
      "a transaction writes everything and answers its result",
      "a nested transaction is committed with the outer one",
    ]),
    "hides its own writes": broken(
      {
        transaction: (real) => (work) =>
          real((tx) => work({ ...tx, customers: { ...tx.customers, findByKeys: async () => [] } })),
      },
      ["a transaction sees its own writes"],
    ),
    "restarts at once": broken({}, ["a restart waits for a running transaction"]),
  });
});

describe("row locks", () => {
  provesEveryCase(rowLockConformance, {
    "runs transactions side by side and holds nothing": broken({ transaction: (_, stores) => (work) => work(stores) }, [
      "of ten who hold a tenant, read and write, nobody's write is lost",
      "of ten who hold a rule, read and write, nobody's write is lost",
      "of ten who hold an occurrence, read and write, nobody's write is lost",
      "of ten who hold a batch, read and write, nobody's write is lost",
      "who shares a row sees what the one who held it before has left",
      "of two batches that have people in common one finds them charged when each holds them first",
    ]),
  });
});
