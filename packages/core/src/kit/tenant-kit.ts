import * as z from "zod";
import { listResults, pageOfResults } from "../conversion/list-results.js";
import {
  funnelOptionsSchema,
  funnelPeopleSchema,
  pushFilterSchema,
  reportOptionsSchema,
  resultListSchema,
  rollUpOptionsSchema,
  statisticsOptionsSchema,
} from "../conversion/options.js";
import { DEFAULT_ATTRIBUTION_WINDOW_MS, reportOf } from "../conversion/report.js";
import type { ResultListOptions } from "../conversion/statistics.js";
import { cancelOccurrence, cancelOptionsSchema } from "../delivery/cancel.js";
import { decideOptionsSchema, decideReview, REVIEW_DECISIONS, redriveBatch } from "../delivery/decide.js";
import {
  attemptFilterSchema,
  batchFilterSchema,
  deliveryFilterSchema,
  occurrenceFilterSchema,
} from "../delivery/filters.js";
import { occurrenceStatus } from "../delivery/occurrence-status.js";
import { remindStaff } from "../delivery/remind.js";
import { staffOf, staffOptionsSchema } from "../delivery/staff.js";
import type { EngineContext } from "../engine/engine-context.js";
import { NotFoundError } from "../errors.js";
import { idSchema } from "../input.js";
import type { Read } from "../instant.js";
import { storedImage } from "../media.js";
import { MAX_PAGE_SIZE, type NumberedPage, type NumberedPageRequest, offsetPageSchema } from "../page.js";
import type { AttemptFilter } from "../ports/attempt-store.js";
import type { BatchFilter } from "../ports/batch-store.js";
import type { DeliveryFilter } from "../ports/delivery-store.js";
import type { OccurrenceFilter } from "../ports/occurrence-store.js";
import { listRules } from "../rule/list-rules.js";
import type { Rule } from "../rule/rule.js";
import {
  type RuleListFilter,
  type RuleListOptions,
  ruleFilterSchema,
  ruleListSchema,
  ruleStatusSchema,
} from "../rule/rule-filter.js";
import { obstaclesOf, ruleFor } from "../schedule/rule-channel.js";
import { createRule, deleteRule, editRule, getRule, setRuleStatus } from "../schedule/rules.js";
import { runOptionsSchema, runRuleNow } from "../schedule/run-now.js";
import { peopleListSchema, sendList } from "../schedule/send-list.js";
import { sendTest } from "../schedule/send-test.js";
import { simulateOptionsSchema, simulateRule } from "../schedule/simulate-rule.js";
import { type UpcomingOptions, type UpcomingSlot, upcomingOptionsSchema, upcomingSlots } from "../schedule/upcoming.js";
import { getTenant, updateTenant } from "../tenant/update-tenant.js";
import { alarmKit } from "./alarm-kit.js";
import { audienceCalls, audienceKit, source } from "./audience-kit.js";
import { type Argument, type AsOne, checkedCalls } from "./checked-call.js";
import type { TenantKit } from "./kit.js";
import {
  CONTACT_CALLS,
  COUPON_CALLS,
  CUSTOMER_CALLS,
  LABEL_CALLS,
  LINK_CALLS,
  MESSAGE_CALLS,
  ORDER_CALLS,
  SEGMENT_CALLS,
} from "./later-parts.js";
import { listingsOf, optionsOf } from "./listings.js";
import { loadedLater } from "./loaded-later.js";
import { peopleKit } from "./people-kit.js";

const ruleId: Argument = ["ruleId", idSchema];
const occurrenceId: Argument = ["occurrenceId", idSchema];
const batchId: Argument = ["batchId", idSchema];
const ruleOptions = z.strictObject({ status: ruleStatusSchema.optional() });
/** Checked where it is used, where a null may mean something. */
const anything: Argument = ["input", z.unknown()];

const options = optionsOf;

const customers = () => import("./customer-kit.js");
const rollUps = () => import("../conversion/roll-up.js");
const funnels = () => import("../conversion/take-funnel.js");

/** The API of one tenant without what needs a kit of its own. */
export type TenantCalls = Omit<TenantKit, "rehearse">;

/**
 * The API of one tenant over the engine's context. Every call looks at its arguments first.
 *
 * @param assertTenant throws when there is no such tenant
 * @param asOne runs a call. @default as it is
 */
export function tenantKit(
  engine: EngineContext,
  tenantId: number,
  assertTenant: (tenantId: number) => Promise<void>,
  asOne?: AsOne,
): TenantCalls {
  const { stores, clock, random, ids } = engine;
  const { channels } = engine;
  const { links, linkKeys, statuses, personData, markerKey } = engine;
  const context = {
    stores,
    clock,
    random,
    ids,
    tenantId,
    channels,
    statuses,
    links,
    linkKeys,
    markerKey,
    personData,
  };

  const tenant = () => getTenant(engine, tenantId);
  const zone = async () => (await tenant()).timeZone;
  const call = checkedCalls(() => assertTenant(tenantId), zone, asOne);
  const listing = listingsOf(call);

  const asked = audienceCalls(engine, tenantId, tenant);

  return {
    tenantId,
    tenant,
    update: call([], (patch) => updateTenant(context, patch)),
    customers: loadedLater(CUSTOMER_CALLS, async () => (await customers()).customerKit(context, call)),
    people: peopleKit({ ...engine, tenantId }, call),
    orders: loadedLater(ORDER_CALLS, async () => (await customers()).orderKit(context, call, tenant)),
    labels: loadedLater(LABEL_CALLS, async () => (await customers()).labelKit(context, call, listing)),
    audience: audienceKit(asked, call),
    segments: loadedLater(SEGMENT_CALLS, async () =>
      (await import("./segment-kit.js")).segmentKit(context, call, listing, { ...asked, zone }),
    ),
    rules: {
      create: call([anything, options(ruleOptions)], (input, how) => createRule(context, input, how?.status)),
      obstacles: call([source], async (rule) =>
        obstaclesOf(engine, tenantId, "definition" in rule ? rule.definition : await ruleFor(engine, tenantId, rule)),
      ),
      edit: call([ruleId, anything, options(ruleOptions)], (id, input, how) =>
        editRule(context, id, input, how?.status),
      ),
      setStatus: call([ruleId, ["status", ruleStatusSchema]], (...given) => setRuleStatus(context, ...given)),
      delete: call([ruleId], (id) => deleteRule(context, id)),
      versions: call([ruleId], async (id) => {
        const versions = await stores.rules.versions(tenantId, id);
        if (versions.length === 0) throw new NotFoundError("rule.not-found", `no rule ${id}`);
        return versions;
      }),
      get: call([ruleId], (id) => getRule(stores, tenantId, id)),
      upcoming: call<[options?: UpcomingOptions], readonly UpcomingSlot[]>([options(upcomingOptionsSchema)], (how) =>
        upcomingSlots(engine, tenantId, how as Parameters<typeof upcomingSlots>[2]),
      ),
      ...listing(ruleListSchema, (how: Read<RuleListOptions>) => listRules(stores, tenantId, how)),
      page: call<[filter?: RuleListFilter, page?: NumberedPageRequest], NumberedPage<Rule>>(
        [options(ruleFilterSchema), options(offsetPageSchema)],
        (filter = {}, { offset = 0, limit = 50 } = {}) =>
          stores.rules.list(tenantId, filter, { offset, limit: Math.min(limit, MAX_PAGE_SIZE) }),
      ),
    },
    occurrences: {
      runNow: call([ruleId, options(runOptionsSchema)], async (id, how) => {
        const occurrence = await runRuleNow(context, id, how);
        engine.bell.ring();
        return occurrence;
      }),
      sendList: call([["", peopleListSchema]], async (list) => {
        const sent = await sendList(context, list);
        engine.bell.ring();
        return sent;
      }),
      status: call([occurrenceId], (id) => occurrenceStatus(stores, tenantId, id)),
      ...listing(occurrenceFilterSchema, (how: OccurrenceFilter) => stores.occurrences.list(tenantId, how)),
      latest: call([ruleId], (id) => stores.occurrences.latest(tenantId, id)),
      lastRuns: call([["ruleIds", z.array(idSchema).max(MAX_PAGE_SIZE)]], (ids) =>
        stores.occurrences.lastRuns(tenantId, ids),
      ),
      cancel: call([occurrenceId, options(cancelOptionsSchema)], (...given) =>
        cancelOccurrence(engine, tenantId, ...given),
      ),
      remind: call([occurrenceId], (id) => remindStaff(engine, tenantId, id)),
      staff: call([occurrenceId, options(staffOptionsSchema)], (...given) => staffOf(engine, tenantId, ...given)),
    },
    ...loadedLater(CONTACT_CALLS, async () =>
      (await import("./contact-calls.js")).contactCalls({ ...engine, tenantId }, { call, listing, zone }),
    ),
    sendTest: call([ruleId], (id, to) => sendTest(engine, tenantId, id, to)),
    batches: {
      ...listing(batchFilterSchema, (how: BatchFilter) => stores.batches.list(tenantId, how)),
      get: call([batchId], (id) => stores.batches.get(tenantId, id)),
      decide: call([batchId, ["decision", z.enum(REVIEW_DECISIONS)], options(decideOptionsSchema)], (...given) =>
        decideReview(engine, tenantId, ...given),
      ),
      redrive: call([batchId], (id) => redriveBatch(engine, tenantId, id)),
    },
    deliveries: {
      ...listing(deliveryFilterSchema, (how: DeliveryFilter) => stores.deliveries.list(tenantId, how)),
      reasons: call([occurrenceId], (id) => stores.deliveries.countByReason(tenantId, { occurrenceId: id })),
    },
    attempts: listing(attemptFilterSchema, (how: AttemptFilter) => stores.attempts.list(tenantId, how)),
    alarms: alarmKit({ ...engine, tenantId }, call, listing),
    links: loadedLater(LINK_CALLS, async () => (await import("./link-kit.js")).linkKit(context, call, listing)),
    messages: loadedLater(MESSAGE_CALLS, async () =>
      (await import("./message-kit.js")).messageKit({ ...engine, tenantId }, call, listing, zone),
    ),
    coupons: loadedLater(COUPON_CALLS, async () =>
      (await import("./coupon-kit.js")).couponKit(context, call, listing, zone),
    ),
    media: {
      put: call([], async (bytes) => {
        const media = storedImage(bytes);
        await stores.media.put(tenantId, media, clock.now());
        return `media:${media.sha256}`;
      }),
    },
    simulate: call([source, options(simulateOptionsSchema)], async (rule, how) => {
      const meant =
        "definition" in rule
          ? { ...rule, tenantId }
          : { tenantId, status: "active" as const, definition: await ruleFor(engine, tenantId, rule) };
      return simulateRule(engine, meant, how);
    }),
    report: call([["ruleId", idSchema.optional()], options(reportOptionsSchema)], async (id, how = {}) => {
      const { asOf = clock.now(), windowMs = DEFAULT_ATTRIBUTION_WINDOW_MS, ...scope } = how;
      const { currency, countedStatuses } = await tenant();
      const rules = id === undefined ? {} : { ruleIds: [(await stores.rules.get(tenantId, id))?.id ?? 0] };
      const { byRollUp } = await rollUps();
      const query = await byRollUp(engine, {
        tenantId,
        ...rules,
        ...scope,
        ...(how.asOf !== undefined && { pushesAsOf: asOf }),
        asOf,
        windowMs,
        statuses: countedStatuses,
      });
      return reportOf(await stores.conversions.figures(query), { currency, windowMs, asOf });
    }),
    conversions: {
      rollUp: call([options(rollUpOptionsSchema)], async (how) =>
        (await rollUps()).rollUpConversions(engine, tenantId, how),
      ),
      drop: call([], async () => (await rollUps()).dropRollUp(engine, tenantId)),
    },
    funnel: call([options(funnelOptionsSchema)], async (how) => (await funnels()).takeFunnel(engine, tenantId, how)),
    funnelPeople: call([["", funnelPeopleSchema]], async (how) =>
      (await funnels()).listFunnelPeople(engine, tenantId, how),
    ),
    statistics: call([options(statisticsOptionsSchema)], async (how) =>
      (await import("../conversion/take-statistics.js")).takeStatistics(engine, tenantId, how),
    ),
    results: {
      ...listing(resultListSchema, (how: Read<ResultListOptions>) => listResults(stores, tenantId, how)),
      page: call([options(pushFilterSchema), options(offsetPageSchema)], (...given) =>
        pageOfResults(stores, tenantId, ...given),
      ),
    },
  };
}
