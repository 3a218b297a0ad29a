import { describe } from "vitest";
import type { ConversionFigures } from "../conversion/report.js";
import { compareBytes } from "../text.js";
import { conversionStoreConformance } from "./index.js";
import {
  broken,
  brokenBy,
  type Faults,
  forgetful,
  mixTenants,
  provesEveryCase,
  takes,
  tells,
} from "./testing/broken.js";

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
    "takes who looked for who touched the page": broken(
      { conversions: { funnel: tells((rows) => rows.map((row) => ({ ...row, viewed: row.clicked }))) } },
      ["people come as far as deliveries, links and claims tell, in all and by channel"],
    ),
    "lists who came to a step where those are asked for who did not": broken(
      { conversions: { funnelPeople: takes((query, of, page) => [query, { ...of, reached: true }, page]) } },
      ["the people of a step, and those who did not come to it, are told by page"],
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
    "answers from credits that it does not find anew": broken(
      {
        conversions: {
          figures: (real) => {
            const kept = new Map<number, ConversionFigures>();
            return async (query) => {
              if (!query.fromRollUp) return real(query);
              const figures = kept.get(query.tenantId) ?? (await real(query));
              kept.set(query.tenantId, figures);
              return figures;
            };
          },
        },
      },
      ["figures from kept credits are those of a search, with orders, reports and pushes that come late"],
    ),
    "never says that credits are current": broken(
      { conversions: { rollUp: tells((step) => step && { ...step, isCurrent: false }) } },
      ["credits are kept from when they are begun until they are dropped"],
    ),
    "ignores tenantId": brokenBy(mixTenants, [
      "foreign deliveries and orders are not counted",
      "each tenant has its own kept credits",
    ]),
    "forgets on reopen": forgetful(["figures survive a restart"]),
  });
});
