import { describe } from "vitest";
import type { AudienceCondition } from "../audience/audience-condition.js";
import type { AttributeMatch, AudienceQuery } from "../audience/audience-query.js";
import type { AudienceStore } from "../ports/audience-store.js";
import { audienceStoreConformance } from "./index.js";
import {
  broken,
  brokenBy,
  type Faults,
  forgetful,
  mixTenants,
  narrow,
  provesEveryCase,
  rewritten,
  takes,
  tells,
} from "./testing/broken.js";

/** The spellings that a sloppy collation takes for one. */
const _spellings = (text: string) => [...new Set([text, text.toLowerCase(), text.toUpperCase(), text.trim()])];

/** A method that swallows the refusal of a key that is taken. */
const _swallows =
  <A extends unknown[]>() =>
  (real: (...args: A) => Promise<readonly number[]>) =>
  (...args: A): Promise<readonly number[]> =>
    real(...args).catch(() => []);

/** An audience that runs another query than the one it was asked. */
const misread = (change: (query: AudienceQuery) => AudienceQuery): Faults => ({
  audience: {
    count: takes((query) => [change(query)]),
    steps: takes((query) => [change(query)]),
    page: takes((query, afterId, limit) => [change(query), afterId, limit]),
    includes: takes((query, customerId) => [change(query), customerId]),
  },
});

const withWindow = (change: (window: NonNullable<AudienceQuery["window"]>) => Partial<AudienceQuery["window"]>) =>
  misread((query) => (query.window ? { ...query, window: { ...query.window, ...change(query.window) } } : query));

const withMatch = (change: (match: AttributeMatch) => Partial<AttributeMatch>) =>
  misread((query) => ({
    ...query,
    ...(query.attributes && { attributes: query.attributes.map((match) => ({ ...match, ...change(match) })) }),
  }));

/** The spellings that a sloppy collation takes for one. */
const loosely = (value: string | number): readonly (string | number)[] =>
  typeof value === "string" ? [value, value.toLowerCase(), value.trim()] : [value];

/** An audience that takes conditions for others, also those inside of others. */
const withConditions = (change: (condition: AudienceCondition) => AudienceCondition) => {
  const deep = (one: AudienceCondition): AudienceCondition =>
    change("of" in one ? { ...one, of: one.of.map(deep) } : one);
  return misread((query) => ({ ...query, ...(query.conditions && { conditions: query.conditions.map(deep) }) }));
};

const withAsOf = (shift: number) =>
  misread((query) => ({ ...query, orders: { ...query.orders, asOf: query.orders.asOf + shift } }));

/** Membership put together from two questions instead of one. */
const includesOf = (
  ask: (includes: AudienceStore["includes"], query: AudienceQuery, id: number) => Promise<boolean>,
): Faults => ({
  audience: {
    includes: (real: AudienceStore["includes"]) => (query: AudienceQuery, id: number) => ask(real, query, id),
  },
});

const withoutWindow = ({ window, ...query }: AudienceQuery): AudienceQuery => query;
const withoutAddress = ({ reachableBy, ...query }: AudienceQuery): AudienceQuery => query;

describe("audience", () => {
  provesEveryCase(audienceStoreConformance, {
    "counts one too many": broken({ audience: { count: tells((count) => count + 1) } }, [
      "an empty tenant has no members",
    ]),
    "leaves out who never ordered": broken(
      {
        audience: {
          includes: (real, stores) => async (query, id) =>
            (await real(query, id)) && (await stores.audience.facts(query.tenantId, id, query.orders)).orderCount > 0,
        },
      },
      ["without a condition everybody is in"],
    ),
    "compares attributes without case": broken(
      withMatch((one) => (one.values ? { values: one.values.flatMap(loosely) } : {})),
      ["an attribute is one of the values that are asked for, compared as they are"],
    ),
    "takes bounds of attributes for open": broken(
      withMatch(({ max }) => (typeof max === "number" ? { max: max - 0.01 } : {})),
      ["bounds of numbers and days are in"],
    ),
    "takes a missing attribute for nobody's": broken(
      withMatch(({ isSet }) => (isSet ? {} : { attributeId: 0, isSet: true })),
      ["a value that is missing matches only who asks for that", "an attribute of another tenant matches nobody"],
    ),
    "asks for the first attribute only": broken(
      misread(({ attributes, ...query }) => ({ ...query, ...(attributes && { attributes: attributes.slice(0, 1) }) })),
      ["all attributes that are asked for must hold, beside everything else"],
    ),
    "drops emoji": broken(
      {
        customers: {
          insertMany: takes((rows) => [rows.map((row) => ({ ...row, externalKey: narrow(row.externalKey) }))]),
        },
      },
      ["a page names members by id and key"],
    ),
    "lets a page skip a row": broken(
      { audience: { page: takes((query, afterId, limit) => [query, afterId === 0 ? 0 : afterId + 1, limit]) } },
      ["pages hold every member once"],
    ),
    "ignores reachableBy": broken(misread(withoutAddress), ["reachableBy keeps people with an identity of the type"]),
    "treats the window end as inclusive": broken(
      withWindow(({ to }) => ({ to: to + 1 })),
      ["a window holds its first instant and not its end", "an empty window matches nobody"],
    ),
    "treats last-order as any-order": broken(
      withWindow(() => ({ recency: "any-order" })),
      ["last-order leaves out who came back after the window"],
    ),
    "treats any-order as last-order": broken(
      withWindow(() => ({ recency: "last-order" })),
      ["any-order keeps who came back after the window"],
    ),
    "sees orders at asOf": broken(withAsOf(1), ["orders at asOf and later do not exist"]),
    "counts every status": broken(
      rewritten(() => ({ status: "paid" })),
      ["orders of other statuses do not count", "a label of an order needs an order that counts"],
    ),
    "counts paid orders without being told": broken(
      misread((query) => ({ ...query, orders: { ...query.orders, statuses: ["paid"] } })),
      ["no status counts nothing"],
    ),
    "counts refunded orders": broken(
      rewritten(() => ({ refundedMinor: 0 })),
      ["an order refunded in full before asOf does not count", "a refunded order leaves the one before it as the last"],
    ),
    "takes any refund for a full one": broken(
      rewritten(({ refundedMinor, amountMinor }) => ({ refundedMinor: refundedMinor > 0 ? amountMinor : 0 })),
      ["orders without a full refund count, 0 included", "facts cover the counted orders before asOf"],
    ),
    "drops groups without ids": broken(
      misread((query) => ({
        ...query,
        labelGroups: query.labelGroups.filter(
          (group) => group.customerLabelIds.length + group.orderLabelIds.length > 0,
        ),
      })),
      ["a group without ids matches nobody"],
    ),
    "drops labels that it does not know": broken(
      misread((query) => ({
        ...query,
        labelGroups: query.labelGroups.filter(
          (group) => ![...group.customerLabelIds, ...group.orderLabelIds].includes(1_000_000),
        ),
      })),
      ["an unknown label matches nobody"],
    ),
    "joins groups by OR": broken(
      misread((query) => ({
        ...query,
        labelGroups:
          query.labelGroups.length < 2
            ? query.labelGroups
            : [
                {
                  customerLabelIds: query.labelGroups.flatMap((group) => group.customerLabelIds),
                  orderLabelIds: query.labelGroups.flatMap((group) => group.orderLabelIds),
                },
              ],
      })),
      ["one label of a group suffices, every group must match", "groups may be met by different orders"],
    ),
    "looks for every label everywhere": broken(
      misread((query) => ({
        ...query,
        labelGroups: query.labelGroups.map((group) => {
          const ids = [...group.customerLabelIds, ...group.orderLabelIds];
          return { customerLabelIds: ids, orderLabelIds: ids };
        }),
      })),
      ["labels of people and of orders are looked up apart"],
    ),
    "wants an order for a label of the person": broken(
      {
        audience: {
          includes: (real, stores) => async (query, id) =>
            (await real(query, id)) && (await stores.audience.facts(query.tenantId, id, query.orders)).orderCount > 0,
        },
      },
      ["a label of the person needs no order in the window"],
    ),
    "looks for labels outside the window": broken(
      includesOf(
        async (includes, query, id) =>
          (await includes(withoutWindow(query), id)) && (await includes({ ...query, labelGroups: [] }, id)),
      ),
      ["a label of an order must sit on an order inside the window"],
    ),
    "takes 999 labels": broken(
      misread((query) => ({
        ...query,
        labelGroups: query.labelGroups.map(({ customerLabelIds, orderLabelIds }) => ({
          customerLabelIds,
          orderLabelIds: orderLabelIds.slice(0, 999),
        })),
      })),
      ["a group takes 1 000 labels"],
    ),
    "says 0 for no order": broken(
      { audience: { facts: tells((facts) => ({ ...facts, firstOrderAt: facts.firstOrderAt ?? 0 })) } },
      ["facts without orders are 0 and null"],
    ),
    "counts orders that do not exist yet": broken(withAsOf(1), ["orders are counted together, over those that count"]),
    "takes any habit for overdue": broken(
      withConditions((one) =>
        one.kind === "orders" && one.overdue ? { ...one, overdue: { ...one.overdue, factorHundredths: 100 } } : one,
      ),
      ["gaps need two orders, and a habit is kept to its end"],
    ),
    "takes never bought for not bought lately": broken(
      withConditions((one) => {
        if (one.kind !== "products") return one;
        const { window: _, ...always } = one;
        return always;
      }),
      ["products are bought in orders that count, or never"],
    ),
    "congratulates on the day of birth": broken(
      withConditions((one) =>
        one.kind === "birthday" ? { ...one, days: one.days.map((day) => ({ ...day, bornBefore: 9999 })) } : one,
      ),
      ["birthdays are ends of days of birth, and whole days"],
    ),
    "reaches who asked not to be": broken(
      { suppressions: { put: () => async () => ({ created: true, suppression: {} as never }) } },
      ["people are reachable with an address that is not suppressed"],
    ),
    "hears words of one channel only": broken(
      withConditions((one) => (one.kind === "consent" ? { ...one, channel: "*" } : one)),
      ["words are those before the instant, and the last of them holds"],
    ),
    "takes none for any": broken(
      withConditions((one) => (one.kind === "none" ? { ...one, kind: "any" } : one)),
      ["conditions are put together by all, any and none"],
    ),
    "gives its window to the parts": broken(
      misread(({ window, ...query }) => {
        if (!window || !query.conditions) return { ...query, ...(window && { window }) };
        const conditions = query.conditions.map((one) => (one.kind === "basic" ? { window, ...one } : one));
        return { ...query, window, conditions };
      }),
      ["a part has a window of its own, or none"],
    ),
    "counts each step by itself": broken({ audience: { steps: tells((steps) => steps.toReversed()) } }, [
      "steps count who is left after each question",
    ]),
    "takes sent for delivered": broken(
      withConditions((one) => (one.kind === "engagement" && one.did === "delivered" ? { ...one, did: "sent" } : one)),
      ["pushes are sent and delivered at the provider's instants"],
    ),
    "takes tests for pushes": broken({ occurrences: { insert: takes((row) => [{ ...row, kind: "manual" }]) } }, [
      "tests are no pushes",
    ]),
    "takes claims for clicks": broken(
      withConditions((one) => (one.kind === "engagement" && one.did === "clicked" ? { ...one, did: "claimed" } : one)),
      ["clicks and claims come through links of pushes"],
    ),
    "credits orders for ever": broken(
      withConditions((one) => (one.kind === "engagement" ? { ...one, windowMs: 1_000_000 } : one)),
      ["an order is credited to the newest touch, within its time"],
    ),
    "ignores tenantId": brokenBy(mixTenants, [
      "foreign customers are in no audience",
      "a foreign label matches nobody",
      "rows of tenants are apart",
    ]),
    "reads counted orders only": broken(
      {
        audience: {
          rows: tells((rows) =>
            rows.map((row) => ({ ...row, orders: row.orders.filter(({ status }) => status === "paid") })),
          ),
        },
      },
      ["rows hold birthdays, labels, and orders of every status"],
    ),
    "forgets the buyers of orders": broken(
      {
        audience: {
          rows: takes((tenantId, which) => [tenantId, "orderIds" in which ? { ...which, orderIds: [] } : which]),
        },
      },
      ["rows come page by page, or of those who are named themselves or by an order"],
    ),
    "forgets on reopen": forgetful(["audiences survive a restart"]),
  });
});
