import * as z from "zod";
import { listResults, pageOfResults } from "../conversion/list-results.js";
import {
  funnelOptionsSchema,
  funnelPeopleSchema,
  pushFilterSchema,
  reportOptionsSchema,
  resultListSchema,
  statisticsOptionsSchema,
} from "../conversion/options.js";
import { DEFAULT_ATTRIBUTION_WINDOW_MS, reportOf } from "../conversion/report.js";
import type { ResultListOptions } from "../conversion/statistics.js";
import { listFunnelPeople, takeFunnel } from "../conversion/take-funnel.js";
import { takeStatistics } from "../conversion/take-statistics.js";
import { assignLabels, unassignLabels } from "../customer/assign-labels.js";
import { ingestOrders, orderIngestOptionsSchema } from "../customer/ingest-orders.js";
import { LABEL_KINDS, type Label, type LabelKind } from "../customer/label.js";
import { listLabels } from "../customer/list-labels.js";
import { ingestOptionsSchema, rowsSchema } from "../customer/outcome.js";
import { putLabels } from "../customer/put-labels.js";
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
import type { EngineContext } from "../engine/engine-context.js";
import { NotFoundError } from "../errors.js";
import { idSchema, searchTextSchema } from "../input.js";
import type { Read } from "../instant.js";
import { storedImage } from "../media.js";
import {
  limitSchema,
  MAX_PAGE_SIZE,
  type NumberedPage,
  type NumberedPageRequest,
  offsetPageSchema,
  type PageOptions,
  type PageRequest,
} from "../page.js";
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
import { contactCalls } from "./contact-calls.js";
import { couponKit } from "./coupon-kit.js";
import { customerKit } from "./customer-kit.js";
import type { TenantKit } from "./kit.js";
import { linkKit } from "./link-kit.js";
import { listingsOf, optionsOf } from "./listings.js";
import { messageKit } from "./message-kit.js";
import { peopleKit } from "./people-kit.js";
import { segmentKit } from "./segment-kit.js";

const ruleId: Argument = ["ruleId", idSchema];
const occurrenceId: Argument = ["occurrenceId", idSchema];
const batchId: Argument = ["batchId", idSchema];
const rows: Argument = ["rows", rowsSchema];
const ruleOptions = z.strictObject({ status: ruleStatusSchema.optional() });
/** A page of a list by key: the cursor is the last key seen. */
const labelPageSchema = z.strictObject({ cursor: searchTextSchema.optional(), limit: limitSchema.optional() });
/** Checked where it is used, where a null may mean something. */
const anything: Argument = ["input", z.unknown()];

const options = optionsOf;
const labelKind: Argument = ["kind", z.enum(LABEL_KINDS)];

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
  const call = checkedCalls(
    () => assertTenant(tenantId),
    async () => (await tenant()).timeZone,
    asOne,
  );
  const listing = listingsOf(call);

  const asked = audienceCalls(engine, tenantId, tenant);

  const kindOf = call([labelKind], async (kind: LabelKind) => kind);
  const labels = (kind: LabelKind) =>
    listing<PageOptions, PageRequest, Label>(labelPageSchema, (page) => listLabels(stores, tenantId, kind, page));
  return {
    tenantId,
    tenant,
    update: call([], (patch) => updateTenant(context, patch)),
    customers: customerKit(context, call),
    people: peopleKit({ ...engine, tenantId }, call),
    orders: {
      ingest: call([rows, options(orderIngestOptionsSchema)], async (...given) => {
        const { timeZone, currency } = await tenant();
        return ingestOrders({ ...context, timeZone, currency }, ...given);
      }),
    },
    labels: {
      assign: call([rows, options(ingestOptionsSchema)], (...given) => assignLabels(context, ...given)),
      unassign: call([rows, options(ingestOptionsSchema)], (...given) => unassignLabels(context, ...given)),
      put: call([rows, options(ingestOptionsSchema)], (...given) => putLabels(context, ...given)),
      list: call([labelKind, options(labelPageSchema)], (kind, page) => listLabels(stores, tenantId, kind, page)),
      all: async function* (kind, how) {
        yield* labels(await kindOf(kind)).all(how);
      },
    },
    audience: audienceKit(asked, call),
    segments: segmentKit(context, call, listing, { ...asked, zone: async () => (await tenant()).timeZone }),
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
    },
    ...contactCalls({ ...engine, tenantId }, { call, listing, zone: async () => (await tenant()).timeZone }),
    sendTest: call([ruleId], (id, to) => sendTest(engine, tenantId, id, to)),
    batches: {
      ...listing(batchFilterSchema, (how: BatchFilter) => stores.batches.list(tenantId, how)),
      get: call([batchId], (id) => stores.batches.get(tenantId, id)),
      decide: call([batchId, ["decision", z.enum(REVIEW_DECISIONS)], options(decideOptionsSchema)], (...given) =>
        decideReview(engine, tenantId, ...given),
      ),
      redrive: call([batchId], (id) => redriveBatch(engine, tenantId, id)),
    },
    deliveries: listing(deliveryFilterSchema, (how: DeliveryFilter) => stores.deliveries.list(tenantId, how)),
    attempts: listing(attemptFilterSchema, (how: AttemptFilter) => stores.attempts.list(tenantId, how)),
    alarms: alarmKit({ ...engine, tenantId }, call, listing),
    links: linkKit(context, call, listing),
    messages: messageKit({ ...engine, tenantId }, call, listing, async () => (await tenant()).timeZone),
    coupons: couponKit(context, call, listing, async () => (await tenant()).timeZone),
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
      const figures = await stores.conversions.figures({
        tenantId,
        ...rules,
        ...scope,
        ...(how.asOf !== undefined && { pushesAsOf: asOf }),
        asOf,
        windowMs,
        statuses: countedStatuses,
      });
      return reportOf(figures, { currency, windowMs, asOf });
    }),
    funnel: call([options(funnelOptionsSchema)], (how) => takeFunnel(engine, tenantId, how)),
    funnelPeople: call([["", funnelPeopleSchema]], (how) => listFunnelPeople(engine, tenantId, how)),
    statistics: call([options(statisticsOptionsSchema)], (how) => takeStatistics(engine, tenantId, how)),
    results: {
      ...listing(resultListSchema, (how: Read<ResultListOptions>) => listResults(stores, tenantId, how)),
      page: call([options(pushFilterSchema), options(offsetPageSchema)], (...given) =>
        pageOfResults(stores, tenantId, ...given),
      ),
    },
  };
}
