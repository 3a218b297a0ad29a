import type { IdentityType } from "../customer/customer.js";
import type { LabelRef } from "../customer/label.js";
import type { Stores } from "../ports/stores.js";
import type { AudienceMember } from "./audience-query.js";
import type { ConditionName } from "./compile-conditions.js";
import { type CompileContext, compileSegment, compileTree } from "./compile-segment.js";
import type { Segment } from "./segment.js";

/** One stage of the funnel: people left after it. */
export interface PreviewStep {
  /** What was asked of people at this stage. */
  readonly name: "customers" | "window" | "labels" | "attributes" | "reachable" | ConditionName;
  /** People left after it. */
  readonly count: number;
}

/** What a rule would do, without doing it. */
export interface AudiencePreview {
  /** Members, before reachability and caps. */
  readonly count: number;
  /** From all customers to those who can be reached. */
  readonly steps: readonly PreviewStep[];
  /** The first members by id, at most 10. */
  readonly sample: readonly AudienceMember[];
  /** Labels of the segment that the tenant does not have. */
  readonly unknownLabels: readonly LabelRef[];
  /** Attributes of the segment that the tenant does not have, or of another type. */
  readonly unknownAttributes: readonly string[];
  /** Keys of listed people whom the tenant does not have. */
  readonly unknownCustomers: readonly string[];
  /** Channels of the segment that are not configured. */
  readonly unknownChannels: readonly string[];
  /** Instant that the counts hold for, epoch ms. */
  readonly asOf: number;
}

export interface AudienceContext extends CompileContext {
  readonly stores: Stores;
  /** Identity that the channel needs. */
  readonly addressType: IdentityType;
}

const SAMPLE = 10;
/** Fewer members than this are hard to come by on a walk. */
const RARE = 20 * SAMPLE;

/** Counts the funnel of a segment and shows its first members; sends nothing. */
export async function previewAudience(segment: Segment, context: AudienceContext): Promise<AudiencePreview> {
  const { query, node, ...unknown } = await compileTree(segment, context, context.stores);
  const { audience } = context.stores;
  const counts = await audience.steps({ ...query, reachableBy: context.addressType });
  const names: readonly PreviewStep["name"][] = [
    "customers",
    ...(query.window ? (["window"] as const) : []),
    ...(query.labelGroups.length > 0 ? (["labels"] as const) : []),
    ...(query.attributes ? (["attributes"] as const) : []),
    ...[...node.parts, ...node.inside].map(({ name }) => name),
    "reachable",
  ];
  const steps = names.map((name, at): PreviewStep => ({ name, count: counts[at] ?? 0 }));
  const count = steps.at(-2)?.count ?? 0;
  return {
    count,
    steps,
    sample: count === 0 ? [] : await audience.page(query, 0, SAMPLE, { isRare: count < RARE }),
    ...unknown,
    asOf: context.asOf,
  };
}

/** Members by ascending id, page by page; the whole audience is never held. */
export async function* resolveAudience(
  segment: Segment,
  context: AudienceContext,
  options: { readonly signal?: AbortSignal; readonly pageSize?: number } = {},
): AsyncGenerator<AudienceMember> {
  const { query } = await compileSegment(segment, context, context.stores);
  const limit = Math.min(options.pageSize ?? 10_000, 10_000);
  let afterId = 0;
  for (;;) {
    options.signal?.throwIfAborted();
    const page = await context.stores.audience.page(query, afterId, limit);
    for (const member of page) {
      options.signal?.throwIfAborted();
      yield member;
    }
    const last = page.at(-1);
    if (!last || page.length < limit) return;
    afterId = last.customerId;
  }
}
