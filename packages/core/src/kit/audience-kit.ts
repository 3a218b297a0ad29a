import * as z from "zod";
import { type AudienceContext, previewAudience, resolveAudience } from "../audience/audience.js";
import {
  type AudienceOptions,
  type AudienceSource,
  audienceOptionsSchema,
  DEFAULT_ADDRESS_TYPE,
  sourceParts,
} from "../audience/audience-source.js";
import { compileSegment } from "../audience/compile-segment.js";
import { type Explanation, explainMembership } from "../audience/explain.js";
import type { SavedSegment } from "../audience/saved-segment.js";
import { requiredText } from "../customer/customer-schema.js";
import { peoplePerBatch } from "../delivery/batch.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { InputIssue } from "../errors.js";
import { objectSchema } from "../input.js";
import type { Read } from "../instant.js";
import { ruleDefinitionSchema } from "../rule/rule.js";
import {
  type PreviewOptions,
  type PreviewWarning,
  previewContact,
  previewOptionsSchema,
  warningsOfSchedule,
} from "../schedule/preview.js";
import { obstaclesOf } from "../schedule/rule-channel.js";
import type { Tenant } from "../tenant/tenant.js";
import type { Argument, checkedCalls } from "./checked-call.js";
import type { TenantKit } from "./kit.js";
import { optionsOf } from "./listings.js";
import { contentOf, unknownWarnings, warningOf, warningsOf } from "./preview-warnings.js";

/** A rule or what an audience is taken of, without a slip in a name; the values are checked where they are used. */
export const source: Argument = [
  "",
  objectSchema.superRefine((given, context) => {
    const keys = "definition" in given ? [] : Object.keys(given).filter((key) => !(key in ruleDefinitionSchema.shape));
    if (keys.length > 0) context.addIssue({ code: "unrecognized_keys", keys, input: { ...given } });
  }),
];
/** Whom `explain` is asked about. */
export const customer: Argument = ["customer", z.strictObject({ externalKey: requiredText(255) })];

/** What calls about audiences come to, once their arguments are checked. */
export interface AudienceCalls {
  count(from: AudienceSource, how?: Read<AudienceOptions>): Promise<number>;
  preview(from: AudienceSource, how?: Read<PreviewOptions>): ReturnType<TenantKit["audience"]["preview"]>;
  explain(
    from: AudienceSource,
    who: { readonly externalKey: string },
    how?: Read<AudienceOptions>,
  ): Promise<Explanation>;
  /** How members are resolved, checked and looked up. */
  resolution(
    from: AudienceSource,
    how?: Read<AudienceOptions>,
  ): Promise<{ readonly segment: SavedSegment["segment"]; readonly audience: AudienceContext }>;
  /** What a segment names and nobody knows. @throws {InputError} every fault of it */
  unknownIn(from: AudienceSource): Promise<readonly PreviewWarning[]>;
}

/** The calls about audiences of a tenant. */
export function audienceCalls(engine: EngineContext, tenantId: number, tenant: () => Promise<Tenant>): AudienceCalls {
  const { stores, clock, channels } = engine;

  const audienceOf = async (from: AudienceSource, how: Read<AudienceOptions> = {}) => {
    const { segment, timeZone, channel: name } = sourceParts(from);
    const all = await channels(tenantId);
    const channel = name === undefined && all.length === 1 ? all[0] : all.find((one) => one.name === name);
    const of = await tenant();
    const audience: AudienceContext = {
      stores,
      tenantId,
      timeZone: timeZone ?? of.timeZone,
      asOf: how.asOf ?? clock.now(),
      statuses: of.countedStatuses,
      addressType: channel?.addressType ?? DEFAULT_ADDRESS_TYPE,
      addressTypeOf: async (called) => all.find((one) => one.name === called)?.addressType,
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

  const obstaclesIn = async (from: AudienceSource, channel: string | undefined): Promise<readonly InputIssue[]> => {
    const content = contentOf(from);
    if (!content || channel === undefined) return [];
    if ("definition" in from) return obstaclesOf(engine, tenantId, from.definition);
    return obstaclesOf(engine, tenantId, { channel, content, variables: {} });
  };

  return {
    async count(from, how) {
      const { segment, audience } = await audienceOf(from, how);
      const { query } = await compileSegment(segment, audience, stores);
      return stores.audience.count(query);
    },
    async preview(from, how) {
      const { segment, channel, to, audience } = await audienceOf(from, how);
      const preview = await previewAudience(segment, audience);
      const reachable = preview.steps.at(-1)?.count ?? 0;
      const batches = channel ? Math.ceil(reachable / peoplePerBatch(channel)) : 0;
      const { contact, warnings: ofContact } = await previewContact(engine, from, segment, audience, to, how);
      const obstacles = await obstaclesIn(from, channel?.name);
      const warnings = [
        ...warningsOf(from, channel, preview),
        ...warningsOfSchedule(from, audience.timeZone, clock.now()),
        ...ofContact,
        ...obstacles.map(warningOf),
      ];
      return { ...preview, ...contact, batches, warnings };
    },
    async explain(from, who, how) {
      const { segment, audience } = await audienceOf(from, how);
      return explainMembership(segment, who, audience);
    },
    async resolution(from, how) {
      const { segment, audience } = await audienceOf(from, how);
      return { segment, audience };
    },
    async unknownIn(from) {
      const { segment, audience } = await audienceOf(from);
      return unknownWarnings(await compileSegment(segment, audience, stores));
    },
  };
}

/** `kit.audience`. */
export function audienceKit(calls: AudienceCalls, call: ReturnType<typeof checkedCalls>): TenantKit["audience"] {
  const options = optionsOf(audienceOptionsSchema);
  // A generator begins with the first row that is asked for, and so do its checks.
  type Resolution = Awaited<ReturnType<AudienceCalls["resolution"]>> & { readonly signal: AbortSignal | undefined };
  const resolution = call<[from: AudienceSource, how?: AudienceOptions], Resolution>(
    [source, options],
    async (from, how) => ({ ...(await calls.resolution(from, how)), signal: how?.signal }),
  );
  return {
    count: call([source, options], (...given) => calls.count(...given)),
    preview: call([source, optionsOf(previewOptionsSchema)], (...given) => calls.preview(...given)),
    explain: call([source, customer, options], (...given) => calls.explain(...given)),
    resolve: async function* (from, given) {
      const { segment, audience, signal } = await resolution(from, given);
      yield* resolveAudience(segment, audience, signal ? { signal } : {});
    },
  };
}
