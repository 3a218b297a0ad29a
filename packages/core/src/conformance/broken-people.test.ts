import { describe } from "vitest";
import { personStoreConformance, retentionStoreConformance } from "./index.js";
import {
  broken,
  brokenBy,
  type Faults,
  forgetful,
  merelyTells,
  mixTenants,
  provesEveryCase,
  takes,
  tells,
} from "./testing/broken.js";

type Collected = NonNullable<Awaited<ReturnType<Parameters<NonNullable<NonNullable<Faults["people"]>["collect"]>>[0]>>>;

const collecting = (change: (record: Collected) => Collected): Faults => ({
  people: { collect: tells((record) => record && change(record)) },
});

describe("people", () => {
  const whole = "everything about a person is collected, and nothing of a neighbour";
  const erased = "an erased person has no name, and every count stays";
  provesEveryCase(personStoreConformance, {
    "erases anybody": broken({ people: { erase: merelyTells(true) } }, [
      "nobody is collected or erased who is not there",
    ]),
    "forgets the lines of orders": broken(
      collecting((record) => ({ ...record, orders: record.orders.map((order) => ({ ...order, lines: [] })) })),
      [whole],
    ),
    "forgets suppressions by address": broken(
      collecting((record) => ({
        ...record,
        suppressions: record.suppressions.filter(({ address }) => address === null),
      })),
      [whole],
    ),
    "lists orders by number": broken(
      collecting((record) => ({ ...record, orders: record.orders.toReversed() })),
      [whole],
    ),
    "keeps the name": broken(
      {
        people: {
          erase:
            (_, { customers }) =>
            async (tenantId, id, key, at) => {
              const customer = await customers.get(tenantId, id);
              if (!customer) return false;
              await customers.updateMany([{ ...customer, externalKey: key, identities: {}, updatedAt: at }]);
              return true;
            },
        },
      },
      [erased],
    ),
    "clears every address at once": broken(
      {
        deliveries: {
          list: tells((page) => ({ ...page, items: page.items.map((row) => ({ ...row, address: null })) })),
        },
      },
      ["an address goes when no answer will name it any more"],
    ),
    "never finishes": broken({ people: { finishErasures: merelyTells(0) } }, [
      "an address goes when no answer will name it any more",
    ]),
    "knows nobody by the id of a merged row": broken({ people: { findFormer: merelyTells(undefined) } }, [
      "a merged person's rows are the other's, and their key leads there",
    ]),
    "merges nothing": broken(
      {
        people: {
          merge: merelyTells({ orderIds: [], deliveries: 0, apart: 0, suppressions: 0, labels: 0 }),
        },
      },
      [
        "a merged person's rows are the other's, and their key leads there",
        "of two deliveries of a push the one that is further on stands for a merged person",
        "charges of the caps go along with a merge",
        "links and claims of a merged person are the other's, and no claim is lost",
        "what lists say of people goes on with a merge, and goes with an erasure",
      ],
    ),
    "keeps opt-outs under one hash": broken(
      { people: { keepOptOuts: takes((tenantId, hashes, optOuts) => [tenantId, hashes.slice(-1), optOuts]) } },
      ["opt-outs of erased people are found by any of their hashes"],
    ),
    "adds to what is kept": broken(
      {
        people: {
          keepOptOuts:
            (real, { people }) =>
            async (tenantId, hashes, optOuts) => {
              for (const hash of hashes)
                await real(tenantId, [hash], [...(await people.findOptOuts(tenantId, [hash])), ...optOuts]);
            },
        },
      },
      ["of opt-outs under a hash the last word counts"],
    ),
    "ignores tenantId": brokenBy(mixTenants, ["people of tenants are apart", "opt-outs of tenants are apart"]),
    "forgets on reopen": forgetful([
      "an erasure is there after a restart",
      "opt-outs of erased people are there after a restart",
    ]),
  });
});

describe("retention", () => {
  provesEveryCase(retentionStoreConformance, {
    "removes nothing": broken({ retention: { purge: merelyTells(0) } }, [
      "older rows go, of all tenants, and no others",
    ]),
    "removes a row too many": broken(
      { retention: { purge: takes((kind, before, limit) => [kind, before + 1, limit]) } },
      ["older rows go, of all tenants, and no others"],
    ),
    "removes every kind": broken(
      {
        retention: {
          purge: (real) => async (_, before, limit) => {
            let removed = 0;
            for (const kind of ["changes", "transitions", "alarms"] as const)
              removed += await real(kind, before, limit);
            return removed;
          },
        },
      },
      ["a kind is removed by itself"],
    ),
    "knows no transactions": brokenBy(
      (stores) => ({ ...stores, transaction: (work) => work(stores) }),
      ["a removal is taken back with its transaction"],
    ),
  });
});
