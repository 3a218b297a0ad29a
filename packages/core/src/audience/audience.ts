import type { IdentityType } from "../customer/customer.js";
import { findCustomers } from "../customer/find-customers.js";
import type { LabelRef } from "../customer/label.js";
import { NotFoundError } from "../errors.js";
import { formatLocal, localDateOf } from "../local-time.js";
import type { Stores } from "../ports/stores.js";
import { conditionText } from "./attribute-condition.js";
import type { AudienceMember, AudienceQuery } from "./audience-query.js";
import { type CompileContext, compileSegment } from "./compile-segment.js";
import type { Segment } from "./segment.js";

/** One stage of the funnel: people left after it. */
export interface PreviewStep {
  /** What was asked of people at this stage. */
  readonly name: "customers" | "window" | "labels" | "attributes" | "reachable";
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
  /** Instant that the counts hold for, epoch ms. */
  readonly asOf: number;
}

/** Why one customer is in or out. */
export interface Explanation {
  /** Whether the customer is in. */
  readonly included: boolean;
  /** Every question that was asked, in order. */
  readonly checks: readonly {
    readonly name: "has_order" | "window" | "labels" | "attributes" | "reachable";
    readonly passed: boolean;
    /** Facts behind the verdict, for people. */
    readonly detail: string;
  }[];
}

export interface AudienceContext extends CompileContext {
  readonly stores: Stores;
  /** Identity that the channel needs. */
  readonly addressType: IdentityType;
}

/** Counts the funnel of a segment and shows its first members; sends nothing. */
export async function previewAudience(segment: Segment, context: AudienceContext): Promise<AudiencePreview> {
  const { query, unknownLabels, unknownAttributes } = await compileSegment(segment, context, context.stores);
  const { attributes: _, ...unasked } = query;
  const { audience } = context.stores;
  const stages: { name: PreviewStep["name"]; query: AudienceQuery }[] = [
    { name: "customers", query: { tenantId: query.tenantId, orders: query.orders, labelGroups: [] } },
    ...(query.window ? [{ name: "window" as const, query: { ...unasked, labelGroups: [] } }] : []),
    ...(query.labelGroups.length > 0 ? [{ name: "labels" as const, query: unasked }] : []),
    ...(query.attributes ? [{ name: "attributes" as const, query }] : []),
    { name: "reachable", query: { ...query, reachableBy: context.addressType } },
  ];
  const steps: PreviewStep[] = [];
  for (const stage of stages) steps.push({ name: stage.name, count: await audience.count(stage.query) });
  return {
    count: steps.at(-2)?.count ?? 0,
    steps,
    sample: await audience.page(query, 0, 10),
    unknownLabels,
    unknownAttributes,
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
  const limit = Math.min(options.pageSize ?? 1000, 10_000);
  let afterId = 0;
  for (;;) {
    options.signal?.throwIfAborted();
    const page = await context.stores.audience.page(query, afterId, limit);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < limit) return;
    afterId = last.customerId;
  }
}

/**
 * Tells for one customer which condition of a segment holds.
 *
 * @throws {NotFoundError} `customer.not-found`
 */
export async function explainMembership(
  segment: Segment,
  customer: { readonly externalKey: string },
  context: AudienceContext,
): Promise<Explanation> {
  const { stores, tenantId, asOf, timeZone } = context;
  const person = (await findCustomers(stores, tenantId, [customer.externalKey])).get(customer.externalKey);
  if (!person) throw new NotFoundError("customer.not-found", "no customer has this externalKey");
  const { query, unknownLabels, unknownAttributes } = await compileSegment(segment, context, stores);
  const { attributes: _, ...unasked } = query;
  const facts = await stores.audience.facts(tenantId, person.id, query.orders);
  const checks: Explanation["checks"][number][] = [];
  if (query.window) {
    const { window } = query;
    const last = facts.lastOrderAt === null ? "none" : formatLocal(facts.lastOrderAt, timeZone);
    checks.push({
      name: "has_order",
      passed: facts.orderCount > 0,
      detail: `counted orders: ${facts.orderCount}, last: ${last}`,
    });
    checks.push({
      name: "window",
      passed: await stores.audience.includes({ ...unasked, labelGroups: [] }, person.id),
      detail: `${window.recency} from ${localDateOf(window.from, timeZone)} to ${localDateOf(window.to - 1, timeZone)}, as of ${formatLocal(asOf, timeZone)}`,
    });
  }
  if (query.labelGroups.length > 0) {
    const unknown = unknownLabels.map(({ kind, key }) => `${kind}=${key}`).join(", ");
    // Outside the window no order of it can carry a label: tell then what the person's other orders say.
    const { window: __, ...anyTime } = unasked;
    const inWindow = checks.every(({ passed }) => passed);
    checks.push({
      name: "labels",
      passed: await stores.audience.includes(inWindow ? unasked : anyTime, person.id),
      detail: [
        `mode ${segment.labelMode}`,
        ...(inWindow ? [] : ["over orders of any time"]),
        ...(unknown ? [`unknown: ${unknown}`] : []),
      ].join("; "),
    });
  }
  if (query.attributes) {
    const { orders, attributes } = query;
    const unknown = unknownAttributes.join(", ");
    checks.push({
      name: "attributes",
      passed: await stores.audience.includes({ tenantId, orders, labelGroups: [], attributes }, person.id),
      detail: [...(segment.attributes ?? []).map(conditionText), ...(unknown ? [`unknown: ${unknown}`] : [])].join(
        "; ",
      ),
    });
  }
  const included = await stores.audience.includes(query, person.id);
  const address = person.identities[context.addressType];
  checks.push({
    name: "reachable",
    passed: address !== undefined,
    detail: address ? `has ${context.addressType}` : `no ${context.addressType}`,
  });
  return { included, checks };
}
