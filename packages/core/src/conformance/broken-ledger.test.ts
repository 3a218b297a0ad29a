import { describe } from "vitest";
import type { CapPolicy } from "../contact/frequency-cap.js";
import type { ConversionFigures } from "../conversion/report.js";
import type { Delivery } from "../delivery/delivery.js";
import type { DeliverySelector } from "../ports/delivery-store.js";
import type { Stores } from "../ports/stores.js";
import { compareBytes } from "../text.js";
import {
  attemptStoreConformance,
  conversionStoreConformance,
  deliveryStoreConformance,
  ledgerStoresConformance,
  rowLockConformance,
  transactionConformance,
} from "./index.js";
import {
  broken,
  brokenBy,
  type Faults,
  forgetful,
  merelyTells,
  mixTenants,
  narrow,
  provesEveryCase,
  skipsRow,
  takes,
  tells,
} from "./testing/broken.js";

/** Deliveries that look different when they are listed. */
const listed = (change: (delivery: Delivery) => Partial<Delivery>): Faults => ({
  deliveries: {
    list: tells(({ items, nextCursor }) => ({
      items: items.map((each) => ({ ...each, ...change(each) })),
      nextCursor,
    })),
  },
});

/** A `transition` that means other rows than it was told. */
const selecting = (change: (selector: DeliverySelector) => DeliverySelector): Faults => ({
  deliveries: {
    transition: takes((tenantId, selector, from, to, patch, at) => [tenantId, change(selector), from, to, patch, at]),
  },
});

/** A cap policy that is read differently. */
const capping = (change: (policy: CapPolicy) => Partial<CapPolicy>): Faults =>
  selecting((selector) =>
    "heldBackBy" in selector && "cappedBy" in selector.heldBackBy
      ? {
          ...selector,
          heldBackBy: { cappedBy: { ...selector.heldBackBy.cappedBy, ...change(selector.heldBackBy.cappedBy) } },
        }
      : selector,
  );

describe("deliveries", () => {
  provesEveryCase(deliveryStoreConformance, {
    "looks ahead without charges": broken(
      { deliveries: { outlook: tells((rows) => rows.map((row) => ({ ...row, charges: [] }))) } },
      [
        "an outlook tells address, suppressions and charges of the next members, and writes nothing",
        "an outlook decides about each person as the gates decide about a batch",
      ],
    ),
    "looks ahead without suppressions": broken(
      { deliveries: { outlook: tells((rows) => rows.map((row) => ({ ...row, suppressions: [] }))) } },
      [
        "an outlook tells address, suppressions and charges of the next members, and writes nothing",
        "an outlook decides about each person as the gates decide about a batch",
      ],
    ),
    "holds nobody back": broken(
      {
        deliveries: {
          transition:
            (real) =>
            async (tenantId, selector, ...rest) =>
              "heldBackBy" in selector ? 0 : real(tenantId, selector, ...rest),
        },
      },
      ["an outlook decides about each person as the gates decide about a batch"],
    ),
    "says the opposite": broken({ deliveries: { hasAny: tells((has) => !has) } }, [
      "an occurrence has deliveries in the states that its rows are in",
    ]),
    "counts states without rows": broken(
      { deliveries: { countByState: tells((counts) => ({ expired: 0, ...counts })) } },
      ["an empty store finds nothing", "states are counted per occurrence and per batch"],
    ),
    "lets a page skip a row": broken({ deliveries: { list: tells(skipsRow) } }, [
      "filters narrow a list that runs by id",
    ]),
    "drops emoji": broken(
      listed(({ customerKey }) => ({ customerKey: narrow(customerKey) })),
      ["a snapshot queues every member with the address"],
    ),
    "queues members without an address": broken(
      listed(({ state }) => ({ state: state === "suppressed" ? "queued" : state })),
      ["members without an address are suppressed", "the second member with an address is suppressed"],
    ),
    "takes snapshots from the start": broken({ deliveries: { snapshot: takes((page) => [{ ...page, afterId: 0 }]) } }, [
      "a snapshot goes on from its cursor",
    ]),
    "adds rows when a snapshot is repeated": broken(
      {
        deliveries: {
          snapshot: (real) => {
            let calls = 0;
            return async (page) => {
              calls += 1;
              return real({ ...page, channel: calls === 1 ? page.channel : `${page.channel} ${calls}` });
            };
          },
        },
      },
      ["a snapshot page can be repeated", "50 callers who take one page add each member once"],
    ),
    "takes snapshots of everybody": broken(
      { deliveries: { snapshot: takes((page) => [{ ...page, query: { ...page.query, labelGroups: [] } }]) } },
      ["a snapshot takes the members of its query"],
    ),
    "knows one channel": broken({ deliveries: { snapshot: takes((page) => [{ ...page, channel: "wecom" }]) } }, [
      "one person gets one delivery per channel",
      "batches fill with queued rows of their occurrence and channel",
    ]),
    "sends addresses in any order": broken(
      { deliveries: { addresses: tells((addresses) => addresses.toReversed()) } },
      ["batches fill by customer id", "only rows in a batch have their addresses sent"],
    ),
    "tells people in any order": broken({ deliveries: { people: tells((people) => people.toReversed()) } }, [
      "people of a batch are told by customer id with their names",
    ]),
    "keeps no values": broken({ deliveries: { keepValues: merelyTells(undefined) } }, [
      "values are kept once and never changed",
    ]),
    "gives everybody the first message": broken(
      {
        deliveries: {
          acceptEach: takes((tenantId, batchId, from, messages, at) => {
            const providerMessageId = messages[0]?.providerMessageId ?? "";
            return [tenantId, batchId, from, messages.map((one) => ({ ...one, providerMessageId })), at];
          }),
        },
      },
      ["each accepted person has the message that was made for them"],
    ),
    "merely says that it accepted": broken({ deliveries: { acceptEach: merelyTells(1) } }, [
      "an order is credited to a message of one's own",
    ]),
    "moves rows into every batch": broken({ deliveries: { fillBatch: tells((_, __, ___, limit) => limit) } }, [
      "50 callers who fill batches move each row once",
    ]),
    "moves rows of any state": broken(
      {
        deliveries: {
          transition: (real) => async (tenantId, selector, from, to, patch, at) => {
            const others = from === "accepted" ? await real(tenantId, selector, "delivered", to, patch, at) : 0;
            return others + (await real(tenantId, selector, from, to, patch, at));
          },
        },
      },
      ["a delivered message stays delivered"],
    ),
    "moves the whole batch": broken(
      selecting((selector) => ("batchId" in selector ? { batchId: selector.batchId } : selector)),
      [
        "a transition of a batch takes its rows in the state",
        "a transition by address takes those addresses",
        "a transition of all others spares those addresses",
        "without charges nobody is at a cap",
      ],
    ),
    "moves without a limit": broken(
      selecting((selector) => ("limit" in selector ? { occurrenceId: selector.occurrenceId } : selector)),
      ["a transition of an occurrence takes at most so many, by customer id"],
    ),
    "takes everybody for named people": broken(
      {
        deliveries: {
          snapshot: takes(({ query: { customerIds, ...query }, ...page }) => [{ ...page, query }]),
        },
      },
      ["a snapshot of named people takes them only"],
    ),
    "moves no occurrence": broken(
      selecting((selector) => ("occurrenceId" in selector ? { batchId: 0 } : selector)),
      ["a transition of an occurrence takes all its rows in the state"],
    ),
    "keeps reasons": broken(
      {
        deliveries: {
          transition: takes((tenantId, selector, from, to, { reason, ...patch }, at) => [
            tenantId,
            selector,
            from,
            to,
            patch,
            at,
          ]),
        },
      },
      ["a patch writes its columns and leaves the others"],
    ),
    "takes 1 000 addresses": broken(
      selecting((selector) =>
        "addresses" in selector ? { ...selector, addresses: selector.addresses.slice(0, 1000) } : selector,
      ),
      ["a transition takes 1 500 addresses"],
    ),
    "lets every caller win": broken({ deliveries: { transition: tells(() => 5) } }, [
      "of 50 callers who move one batch one moves its rows",
    ]),
    "counts the day from its second millisecond": broken(
      capping(({ dayStart }) => ({ dayStart: dayStart + 1 })),
      ["the day's cap counts from its first millisecond"],
    ),
    "counts the week from its second millisecond": broken(
      capping(({ weekStart }) => ({ weekStart: weekStart + 1 })),
      ["the week's cap counts from its first millisecond"],
    ),
    "wants more than the smallest gap": broken(
      capping(({ minGapMs }) => ({ minGapMs: minGapMs + 1 })),
      ["the smallest gap is enough"],
    ),
    "charges nobody": broken({ deliveries: { chargeCaps: merelyTells(undefined) } }, [
      "caps count per person over rules and channels",
      "charges and refunds of a foreign batch change nothing",
    ]),
    "counts a message against itself": broken(
      {
        deliveries: {
          transition:
            (real) =>
            async (tenantId, selector, ...rest) =>
              real(
                tenantId,
                "heldBackBy" in selector &&
                  "cappedBy" in selector.heldBackBy &&
                  selector.heldBackBy.cappedBy.minGapMs > 0
                  ? { batchId: selector.batchId }
                  : selector,
                ...rest,
              ),
        },
      },
      ["a message does not count against itself"],
    ),
    "keeps the first charge": broken(
      {
        deliveries: {
          chargeCaps: (real) => {
            const charged = new Map<number, number>();
            return async (tenantId, batchId, at) => {
              charged.set(batchId, charged.get(batchId) ?? at);
              return real(tenantId, batchId, charged.get(batchId) ?? at);
            };
          },
        },
      },
      ["a repeated charge moves its instant"],
    ),
    "refunds nobody": broken({ deliveries: { refundCaps: merelyTells(undefined) } }, [
      "a refund takes out what was certainly not sent",
    ]),
    "ignores tenantId": brokenBy(mixTenants, [
      "foreign deliveries can be neither read nor written",
      "a snapshot takes customers of its tenant only",
      "charges and refunds of a foreign batch change nothing",
    ]),
    "forgets on reopen": forgetful(["deliveries and the cap ledger survive a restart"]),
  });
});

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
    "lets a page skip a row": broken({ attempts: { list: tells(skipsRow) } }, [
      "filters narrow a list that runs by id",
    ]),
    "ignores tenantId": brokenBy(mixTenants, ["foreign attempts can be neither read nor written"]),
    "forgets on reopen": forgetful(["attempts survive a restart"]),
  });
});

/** Figures that leave out, or twist, a part. */
const figuring = (change: (figures: ConversionFigures) => Partial<ConversionFigures>): Faults => ({
  conversions: { figures: tells((figures) => ({ ...figures, ...change(figures) })) },
});

describe("conversions", () => {
  provesEveryCase(conversionStoreConformance, {
    "counts orders without deliveries": broken(
      {
        conversions: {
          figures:
            (real, { orders }) =>
            async (query) => ({ ...(await real(query)), orders: await orders.count(query.tenantId) }),
        },
      },
      ["without deliveries all figures are 0", "an order of a customer who was not addressed is not credited"],
    ),
    "counts deliveries instead of people": broken(
      {
        conversions: {
          figures:
            (real, { deliveries }) =>
            async (query) => ({
              ...(await real(query)),
              audience: (await deliveries.list(query.tenantId, { limit: 200 })).items.length,
            }),
        },
      },
      ["people of several deliveries are counted once, by the best"],
    ),
    "takes what waits for delivered": broken(
      figuring(({ delivered, waiting }) => ({ delivered: delivered + waiting, waiting: 0 })),
      ["people are counted by the state of their delivery"],
    ),
    "treats the window end as inclusive": broken(
      { conversions: { figures: takes((query) => [{ ...query, windowMs: query.windowMs + 1 }]) } },
      [
        "orders are credited from the touch to the end of the window",
        "the touch is the delivery, or the acceptance while no report is known",
      ],
    ),
    "credits what was not delivered": broken(
      {
        deliveries: {
          transition: takes((tenantId, selector, from, to, patch, at) => [
            tenantId,
            selector,
            from,
            to === "not_delivered" ? "accepted" : to,
            patch,
            at,
          ]),
        },
      },
      [
        "only accepted and delivered messages are credited",
        "a message that was not delivered leaves the credit to the one before",
      ],
    ),
    "credits the first touch": broken(
      {
        conversions: {
          figures: (real) => async (query) => {
            const { ruleIds, occurrenceId, ...whole } = query;
            const [figures, all] = [await real(query), await real(whole)];
            if (ruleIds === undefined && occurrenceId === undefined) return figures;
            return {
              ...figures,
              orders: all.orders - figures.orders,
              revenueMinor: all.revenueMinor - figures.revenueMinor,
            };
          },
        },
      },
      ["the last touch over all rules takes the credit", "of equal touches the later delivery takes the credit"],
    ),
    "counts buyers once per order": broken(
      figuring(({ orders }) => ({ buyers: orders })),
      ["buyers are counted once and orders each"],
    ),
    "takes off refunds at asOf": broken(
      { conversions: { figures: takes((query) => [{ ...query, asOf: query.asOf + 1 }]) } },
      ["refunds before asOf are taken off", "orders count by status and before asOf"],
    ),
    "tells pushes as they are now": broken(
      {
        conversions: {
          figures: takes(({ pushesAsOf: _, ...query }) => [query]),
          products: takes(({ pushesAsOf: _, ...query }, limit) => [query, limit]),
          dueRange: takes(({ pushesAsOf: _, ...query }) => [query]),
        },
      },
      [
        "people are counted by what was known of them before an instant",
        "orders are credited by the touches that were known before an instant",
        "days and products are those before an instant",
      ],
    ),
    "takes the word of the instant itself": broken(
      {
        conversions: {
          figures: takes((query) => [
            query.pushesAsOf === undefined ? query : { ...query, pushesAsOf: query.pushesAsOf + 1 },
          ]),
        },
      },
      ["people are counted by what was known of them before an instant"],
    ),
    "credits every rule as of an instant": broken(
      {
        conversions: {
          figures: (real) => async (query) => ({
            ...(await real(query)),
            orders: (
              await real({
                tenantId: query.tenantId,
                asOf: query.asOf,
                windowMs: query.windowMs,
                statuses: query.statuses,
              })
            ).orders,
          }),
        },
      },
      ["of equal touches the later delivery takes the credit as of an instant too"],
    ),
    "ignores the rules asked for": broken({ conversions: { figures: takes(({ ruleIds, ...query }) => [query]) } }, [
      "figures cover the rules and the occurrence asked for",
    ]),
    "mixes the periods": broken({ conversions: { figuresOf: tells((figures) => figures.toReversed()) } }, [
      "figures are told period by period",
    ]),
    "does not search": broken({ conversions: { figures: takes(({ search, ...query }) => [query]) } }, [
      "a search takes rules by a part of their name, deleted ones too",
    ]),
    "takes tests for pushes": broken(
      { occurrences: { insert: takes((row) => [row.kind === "test" ? { ...row, kind: "manual" } : row]) } },
      ["tests count nobody and take no credit"],
    ),
    "sorts products by name": broken(
      {
        conversions: {
          products: tells((products) => products.toSorted((a, b) => compareBytes(a.name ?? "", b.name ?? ""))),
        },
      },
      ["products of credited orders are summed, most revenue first"],
    ),
    "lists the oldest attempt first": broken(
      { batches: { tried: tells(({ items, total }) => ({ items: items.toReversed(), total })) } },
      ["tried batches are listed newest attempt first, in numbered pages"],
    ),
    "leaves out who failed": broken(
      { deliveries: { members: tells((members) => members.filter(({ state }) => state !== "failed")) } },
      ["members of a batch are listed by customer with state and reason"],
    ),
    "keeps the first attempt": broken(
      {
        attempts: {
          latest:
            (_, { attempts }) =>
            async (tenantId, batchId) =>
              (await attempts.list(tenantId, { batchId })).items[0],
        },
      },
      ["the latest attempt of a batch is the one opened last"],
    ),
    "raises alarms again and again": broken(
      {
        alarms: {
          addOnce:
            (_, { alarms }) =>
            (alarm) =>
              alarms.add(alarm).then(() => true),
        },
      },
      ["an alarm is raised once for a row"],
    ),
    "treats the period's end as inclusive": broken(
      { conversions: { figures: takes((query) => [query.to === undefined ? query : { ...query, to: query.to + 1 }]) } },
      ["figures cover occurrences from the start of a period and not from its end"],
    ),
    "ignores tenantId": brokenBy(mixTenants, ["foreign deliveries and orders are not counted"]),
    "forgets on reopen": forgetful(["figures survive a restart"]),
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
