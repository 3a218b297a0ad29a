import { type AudienceContext, explainMembership, previewAudience, resolveAudience } from "../audience/audience.js";
import type { AudienceOptions, AudienceSource } from "../audience/audience-source.js";
import { DEFAULT_ADDRESS_TYPE, sourceParts } from "../audience/audience-source.js";
import { compileSegment } from "../audience/compile-segment.js";
import type { Segment } from "../audience/segment.js";
import { addSuppression, removeSuppression } from "../contact/suppressions.js";
import { getContactPolicy, setContactPolicy } from "../contact/tenant-policy.js";
import { listResults } from "../conversion/list-results.js";
import { DEFAULT_ATTRIBUTION_WINDOW_MS, reportOf } from "../conversion/report.js";
import { takeStatistics } from "../conversion/take-statistics.js";
import { assignLabels } from "../customer/assign-labels.js";
import { ingestCustomers } from "../customer/ingest-customers.js";
import { ingestOrders } from "../customer/ingest-orders.js";
import { erasePerson, exportPerson } from "../customer/person.js";
import { putLabels } from "../customer/put-labels.js";
import { peoplePerBatch } from "../delivery/batch.js";
import { cancelOccurrence } from "../delivery/cancel.js";
import { decideReview, redriveBatch } from "../delivery/decide.js";
import { occurrenceStatus } from "../delivery/occurrence-status.js";
import { remindStaff } from "../delivery/remind.js";
import { capabilityOf } from "../engine/channel-shelf.js";
import type { EngineContext } from "../engine/engine-context.js";
import { type InputIssue, NotFoundError } from "../errors.js";
import { storedImage } from "../media.js";
import type { Channel } from "../ports/channel.js";
import type { MessageContent } from "../rule/content.js";
import { type PreviewWarning, previewContact } from "../schedule/preview.js";
import { obstaclesOf, ruleFor } from "../schedule/rule-channel.js";
import { createRule, deleteRule, editRule, getRule, setRuleStatus } from "../schedule/rules.js";
import { runRuleNow } from "../schedule/run-now.js";
import { sendTest } from "../schedule/send-test.js";
import { simulateRule } from "../schedule/simulate-rule.js";
import { getTenant, updateTenant } from "../tenant/update-tenant.js";
import type { TenantKit } from "./kit.js";

/** The API of one tenant over the engine's context. */
export function tenantKit(engine: EngineContext, tenantId: number): TenantKit {
  const { stores, clock, random, ids } = engine;
  const { channels } = engine;
  const context = { stores, clock, random, ids, tenantId, channels };

  const tenant = () => getTenant(stores, tenantId);

  const audienceOf = async (source: AudienceSource, options: AudienceOptions = {}) => {
    const { segment, timeZone, channel: name } = sourceParts(source);
    const all = await channels(tenantId);
    const channel = name === undefined && all.length === 1 ? all[0] : all.find((one) => one.name === name);
    const audience: AudienceContext = {
      stores,
      tenantId,
      timeZone: timeZone ?? (await tenant()).timeZone,
      asOf: options.asOf ?? clock.now(),
      statuses: engine.statuses,
      addressType: channel?.addressType ?? DEFAULT_ADDRESS_TYPE,
    };
    // Without the channel nobody is sent anything; who would be held back is told as if one batch took everybody.
    const to = channel ?? {
      name: name ?? "*",
      addressType: audience.addressType,
      personal: false,
      maxBatchSize: Number.MAX_SAFE_INTEGER,
    };
    return { segment, channel, to, audience };
  };

  const obstaclesIn = async (source: AudienceSource, channel: string | undefined): Promise<readonly InputIssue[]> => {
    const content = contentOf(source);
    if (!content || channel === undefined) return [];
    const variables = "definition" in source ? source.definition.variables : {};
    return obstaclesOf(engine, tenantId, { channel, content, variables });
  };

  return {
    tenantId,
    tenant,
    update: (patch) => updateTenant(context, patch),
    customers: {
      upsert: (rows, options) => ingestCustomers(context, rows, options),
      export: (customerKey) => exportPerson(context, customerKey),
      erase: (customerKey) => erasePerson(context, customerKey),
    },
    orders: {
      ingest: async (rows, options) => ingestOrders({ ...context, timeZone: (await tenant()).timeZone }, rows, options),
    },
    labels: {
      assign: (rows, options) => assignLabels(context, rows, options),
      put: (rows, options) => putLabels(context, rows, options),
      list: (kind, { afterKey, limit = 100 } = {}) =>
        stores.labels.list(tenantId, kind, {
          limit: Math.min(limit, 1000),
          ...(afterKey !== undefined && { afterKey }),
        }),
    },
    audience: {
      count: async (source, options) => {
        const { segment, audience } = await audienceOf(source, options);
        const { query } = await compileSegment(segment, audience, stores.labels);
        return stores.audience.count(query);
      },
      preview: async (source, options) => {
        const { segment, channel, to, audience } = await audienceOf(source, options);
        const preview = await previewAudience(segment, audience);
        const reachable = preview.steps.at(-1)?.count ?? 0;
        const batches = channel ? Math.ceil(reachable / peoplePerBatch(channel)) : 0;
        const contact = await previewContact(engine, source, segment, audience, to, options);
        const obstacles = await obstaclesIn(source, channel?.name);
        const warnings = [...warningsOf(source, segment, channel, preview), ...obstacles.map(warningOf)];
        return { ...preview, ...contact, batches, warnings };
      },
      explain: async (source, customer, options) => {
        const { segment, audience } = await audienceOf(source, options);
        return explainMembership(segment, customer, audience);
      },
      resolve: async function* (source, options = {}) {
        const { segment, audience } = await audienceOf(source, options);
        yield* resolveAudience(segment, audience, options.signal ? { signal: options.signal } : {});
      },
    },
    rules: {
      create: (input, options) => createRule(context, input, options?.status),
      obstacles: async (rule) =>
        obstaclesOf(engine, tenantId, "definition" in rule ? rule.definition : await ruleFor(engine, tenantId, rule)),
      edit: (ruleId, input, options) => editRule(context, ruleId, input, options?.status),
      setStatus: (ruleId, status) => setRuleStatus(context, ruleId, status),
      delete: (ruleId) => deleteRule(context, ruleId),
      versions: async (ruleId) => {
        const versions = await stores.rules.versions(tenantId, ruleId);
        if (versions.length === 0) throw new NotFoundError("rule.not-found", `no rule ${ruleId}`);
        return versions;
      },
      get: (ruleId) => getRule(stores, tenantId, ruleId),
      list: (filter = {}, { offset = 0, limit = 50 } = {}) =>
        stores.rules.list(tenantId, filter, { offset, limit: Math.min(limit, 200) }),
    },
    occurrences: {
      runNow: async (ruleId, options) => {
        const occurrence = await runRuleNow(context, ruleId, options);
        engine.bell.ring();
        return occurrence;
      },
      status: (occurrenceId) => occurrenceStatus(stores, tenantId, occurrenceId),
      list: (filter = {}) => stores.occurrences.list(tenantId, filter),
      latest: (ruleId) => stores.occurrences.latest(tenantId, ruleId),
      lastRuns: (ruleIds) => stores.occurrences.lastRuns(tenantId, ruleIds),
      cancel: (occurrenceId, options) => cancelOccurrence(engine, tenantId, occurrenceId, options),
      remind: (occurrenceId) => remindStaff(engine, tenantId, occurrenceId),
    },
    contactPolicy: {
      get: () => getContactPolicy(engine, tenantId),
      set: (input) => setContactPolicy(engine, tenantId, input),
    },
    suppressions: {
      add: (input) => addSuppression(context, input),
      remove: (id) => removeSuppression(context, id),
      list: (filter = {}) => stores.suppressions.list(tenantId, filter),
    },
    sendTest: (ruleId, to) => sendTest(engine, tenantId, ruleId, to),
    batches: {
      list: (filter = {}) => stores.batches.list(tenantId, filter),
      get: (batchId) => stores.batches.get(tenantId, batchId),
      decide: (batchId, decision, options) => decideReview(engine, tenantId, batchId, decision, options),
      redrive: (batchId) => redriveBatch(engine, tenantId, batchId),
    },
    deliveries: { list: (filter = {}) => stores.deliveries.list(tenantId, filter) },
    attempts: { list: (filter = {}) => stores.attempts.list(tenantId, filter) },
    alarms: { list: (page = {}) => stores.alarms.list(tenantId, page) },
    media: {
      put: async (bytes) => {
        const media = storedImage(bytes);
        await stores.media.put(tenantId, media, clock.now());
        return `media:${media.sha256}`;
      },
    },
    simulate: async (rule, options) => {
      const isKept = "definition" in rule;
      const meant = isKept
        ? { ...rule, tenantId }
        : { tenantId, status: "active" as const, definition: await ruleFor(engine, tenantId, rule) };
      return simulateRule(engine, meant, options);
    },
    report: async (ruleId, options = {}) => {
      const { asOf = clock.now(), windowMs = DEFAULT_ATTRIBUTION_WINDOW_MS, ...scope } = options;
      const { currency } = await tenant();
      const rules = ruleId === undefined ? {} : { ruleIds: [(await stores.rules.get(tenantId, ruleId))?.id ?? 0] };
      const figures = await stores.conversions.figures({
        tenantId,
        ...rules,
        ...scope,
        ...(options.asOf !== undefined && { pushesAsOf: asOf }),
        asOf,
        windowMs,
        statuses: engine.statuses,
      });
      return reportOf(figures, { currency, windowMs, asOf });
    },
    statistics: (options) => takeStatistics(engine, tenantId, options),
    results: (filter, page) => listResults(stores, tenantId, filter, page),
  };
}

function warningsOf(
  source: AudienceSource,
  segment: Segment,
  channel: Channel | undefined,
  preview: {
    readonly count: number;
    readonly unknownLabels: readonly { readonly kind: string; readonly key: string }[];
  },
): readonly PreviewWarning[] {
  const content = contentOf(source);
  const unknown = preview.unknownLabels.map(({ kind, key }) => `${kind}=${key}`).join(", ");
  const labelled = Object.keys(segment.labels ?? {}).length > 0;
  return [
    ...(unknown && labelled
      ? [{ code: "label.unknown" as const, message: `the library does not know: ${unknown}`, detail: unknown }]
      : []),
    ...(preview.count === 0 ? [{ code: "audience.empty" as const, message: "nobody is meant" }] : []),
    ...(!channel ? [{ code: "channel.missing" as const, message: "the channel is not configured" }] : []),
    ...(channel && content && capabilityOf(channel, content) === "none"
      ? [
          {
            code: "content.no-marker" as const,
            message: "without a link or a mini-program card a lost answer can't be cleared up",
          },
        ]
      : []),
  ];
}

function warningOf(obstacle: InputIssue): PreviewWarning {
  return { code: "content.obstacle", message: obstacle.message, detail: obstacle.path, obstacle };
}

function contentOf(source: AudienceSource): MessageContent | undefined {
  if ("definition" in source) return source.definition.content;
  return "content" in source ? source.content : undefined;
}
