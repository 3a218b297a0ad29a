import { describe } from "vitest";
import type { CapPolicy } from "../contact/frequency-cap.js";
import type { Delivery } from "../delivery/delivery.js";
import type { DeliverySelector } from "../ports/delivery-store.js";
import { deliveryStoreConformance } from "./index.js";
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
    "forgets calls in histories": broken(
      { deliveries: { histories: tells((rows) => rows.map((row) => ({ ...row, attempts: [] }))) } },
      ["a history tells what belongs to a delivery"],
    ),
    "looks ahead without charges": broken(
      { deliveries: { outlook: tells((rows) => rows.map((row) => ({ ...row, charges: [] }))) } },
      [
        "an outlook tells zone, address, suppressions, consents and charges of the next members, and writes nothing",
        "an outlook decides about each person as the gates decide about a batch",
      ],
    ),
    "thinks that nobody receives anything": broken(
      {
        deliveries: {
          outlook: tells((rows) => rows.map((row) => ({ ...row, received: [] }))),
          transition:
            (real) =>
            async (tenantId, selector, ...rest) =>
              "heldBackBy" in selector && "overQuota" in selector.heldBackBy ? 0 : real(tenantId, selector, ...rest),
        },
      },
      [
        "people are over a quota by what they have and may still get, as a set and one by one",
        "an outlook tells zone, address, suppressions, consents and charges of the next members, and writes nothing",
      ],
    ),
    "knows one zone": broken({ deliveries: { zones: tells((zones) => zones.slice(0, 1)) } }, [
      "zones of a batch are told, and a transition takes the people of one",
    ]),
    "looks ahead without suppressions": broken(
      { deliveries: { outlook: tells((rows) => rows.map((row) => ({ ...row, suppressions: [] }))) } },
      [
        "an outlook tells zone, address, suppressions, consents and charges of the next members, and writes nothing",
        "an outlook decides about each person as the gates decide about a batch",
      ],
    ),
    "lets people with open tickets through": broken(
      {
        deliveries: {
          transition:
            (real) =>
            async (tenantId, selector, ...rest) =>
              "heldBackBy" in selector &&
              "suppressedAs" in selector.heldBackBy &&
              selector.heldBackBy.suppressedAs === "open_ticket"
                ? 0
                : real(tenantId, selector, ...rest),
        },
      },
      ["an outlook decides about each person as the gates decide about a batch"],
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
    "hands on whoever ended, for whatever reason": broken(
      {
        deliveries: {
          transition:
            (real) =>
            async (tenantId, selector, from, to, { reason, ...patch }, at) =>
              real(
                tenantId,
                selector,
                from,
                to,
                { ...patch, ...(reason !== undefined && { reason: "not_a_friend" }) },
                at,
              ),
        },
      },
      ["people of a batch who certainly got nothing are handed on, each once"],
    ),
    "hands nobody on": broken({ deliveries: { handOn: merelyTells(0) } }, [
      "people of a batch who certainly got nothing are handed on, each once",
      "who is handed on is fresh, and counted where they are now",
      "a page of suppressed people is handed on by customer id",
      "who is handed on is no longer charged",
    ]),
    "tells of strangers who were handed on": broken(
      {
        deliveries: {
          handedOn: tells((groups) => [
            ...groups,
            { channel: "wecom", to: "sms", state: "failed", reason: null, people: 1 },
          ]),
        },
      },
      ["nobody of another tenant is handed on", "who is handed on is fresh, and counted where they are now"],
    ),
    "hands on beyond the page": broken(
      {
        deliveries: {
          handOn: takes((tenantId, { from, ...people }) => [
            tenantId,
            { ...people, from: "batchId" in from ? from : { ...from, throughId: from.throughId + 1_000 } },
          ]),
        },
      },
      ["a page of suppressed people is handed on by customer id"],
    ),
    "hands an address on to two people": broken(
      {
        deliveries: {
          handOn: (real) => async (tenantId, people) => {
            const count = await real(tenantId, people);
            return count === 0 && "batchId" in people.from ? 1 : count;
          },
        },
      },
      [
        "an address that the occurrence has on the channel is not written to again",
        "people of a batch who certainly got nothing are handed on, each once",
        "nobody of another tenant is handed on",
      ],
    ),
    "counts people where they were as well": broken(
      { deliveries: { handedOn: merelyTells([]), countByState: tells((counts) => ({ ...counts, failed: 2 })) } },
      ["who is handed on is fresh, and counted where they are now"],
    ),
    "keeps charges of people handed on": broken(
      {
        deliveries: {
          handOn: (real, stores) => async (tenantId, people) => {
            const count = await real(tenantId, people);
            if ("batchId" in people.from) await stores.deliveries.chargeCaps(tenantId, people.from.batchId, people.at);
            return count;
          },
          outlook: tells((rows) => rows.map((row) => ({ ...row, charges: [1] }))),
        },
      },
      ["who is handed on is no longer charged"],
    ),
    "says the opposite": broken({ deliveries: { hasAny: tells((has) => !has) } }, [
      "an occurrence has deliveries in the states that its rows are in",
    ]),
    "counts states without rows": broken(
      { deliveries: { countByState: tells((counts) => ({ expired: 0, ...counts })) } },
      ["an empty store finds nothing", "states are counted per occurrence and per batch"],
    ),
    "tells reasons of people who were handed on": broken(
      {
        deliveries: {
          countByReason: tells((groups) => [...groups, { state: "failed", reason: "invalid", people: 2 }]),
        },
      },
      [
        "an empty store finds nothing",
        "states are counted per occurrence and per batch",
        "who is handed on is fresh, and counted where they are now",
      ],
    ),
    "lets a page skip a row": broken({ deliveries: { list: tells(skipsRow) } }, [
      "filters narrow a list that runs by id",
    ]),
    "drops emoji": broken(
      listed(({ externalKey }) => ({ externalKey: narrow(externalKey) })),
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
    "charges tests like others": broken(
      { deliveries: { chargeCaps: takes((tenantId, batchId, at) => [tenantId, batchId, at]) } },
      ["a charge against the quota alone counts against no cap, and is given back like others"],
    ),
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
