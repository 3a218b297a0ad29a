import { isCustomerLabel, LABEL_KINDS, type Label, type LabelRef } from "../customer/label.js";
import { addDays, localDateOf, startOfDay } from "../local-time.js";
import type { LabelStore } from "../ports/label-store.js";
import type { Stores } from "../ports/stores.js";
import { resolveConditions } from "./attribute-condition.js";
import type { AudienceQuery, LabelGroup } from "./audience-query.js";
import type { LapseWindow, Segment } from "./segment.js";

/** What a segment is compiled with: the instant and the tenant it is for. */
export interface CompileContext {
  /** The merchant whose labels are looked up. */
  readonly tenantId: number;
  /** IANA zone whose calendar days count. */
  readonly timeZone: string;
  /** Orders at or after it do not exist; epoch ms. */
  readonly asOf: number;
  /** Order statuses that count. */
  readonly statuses: readonly string[];
}

/** A segment as a store can ask it: instants instead of days. */
export interface CompiledSegment {
  /** What the store answers. */
  readonly query: AudienceQuery;
  /** Labels that the library does not know: they match nobody. */
  readonly unknownLabels: readonly LabelRef[];
  /** Attributes that the tenant does not have, or of another type than is asked for: they match nobody. */
  readonly unknownAttributes: readonly string[];
}

/**
 * The half-open instants of a lapse window seen from `asOf`.
 *
 * Day 0 is the local day of `asOf`; a window 30 … 45 runs from the first instant of the day 45 days ago to the end of the day 30 days ago.
 */
export function windowInstants(window: LapseWindow, asOf: number, timeZone: string): { from: number; to: number } {
  const today = localDateOf(asOf, timeZone);
  return {
    from: startOfDay(addDays(today, -window.maxDays), timeZone),
    to: Math.min(startOfDay(addDays(today, 1 - window.minDays), timeZone), asOf),
  };
}

/** Resolves a segment for one instant: days to instants, label keys and names of attributes to ids. */
export async function compileSegment(
  segment: Segment,
  context: CompileContext,
  { labels, customers }: Pick<Stores, "labels" | "customers">,
): Promise<CompiledSegment> {
  const { tenantId, asOf, statuses, timeZone } = context;
  const refs = LABEL_KINDS.flatMap((kind) =>
    [...new Set(segment.labels?.[kind])].map((key): LabelRef => ({ kind, key })),
  );
  const known = refs.length === 0 ? [] : await findLabels(labels, tenantId, refs);
  const byRef = new Map(known.map((label) => [`${label.kind}:${label.key}`, label]));
  const resolved = refs.map((ref) => ({ ref, label: byRef.get(`${ref.kind}:${ref.key}`) }));
  const conditions = segment.attributes ?? [];
  const definitions = conditions.length === 0 ? [] : await customers.attributeDefinitions(tenantId);
  const { attributes, unknown } = resolveConditions(conditions, definitions);
  const query: AudienceQuery = {
    tenantId,
    orders: { asOf, statuses },
    ...(segment.lapse && {
      window: { ...windowInstants(segment.lapse, asOf, timeZone), recency: segment.lapse.recency },
    }),
    labelGroups: groupLabels(segment.labelMode, resolved),
    ...(attributes.length > 0 && { attributes }),
  };
  return {
    query,
    unknownLabels: resolved.flatMap(({ ref, label }) => (label ? [] : [ref])),
    unknownAttributes: unknown,
  };
}

interface Resolved {
  readonly ref: LabelRef;
  readonly label: Label | undefined;
}

function groupLabels(mode: Segment["labelMode"], labels: readonly Resolved[]): readonly LabelGroup[] {
  if (labels.length === 0) return [];
  if (mode === "any") return [groupOf(labels)];
  if (mode === "all") return labels.map((label) => groupOf([label]));
  return LABEL_KINDS.map((kind) => labels.filter(({ ref }) => ref.kind === kind))
    .filter((ofKind) => ofKind.length > 0)
    .map(groupOf);
}

/** Unknown labels leave the group as it is: a group of unknown labels only is empty and matches nobody. */
function groupOf(labels: readonly Resolved[]): LabelGroup {
  const ids = (ofCustomer: boolean) =>
    labels.flatMap(({ ref, label }) => (label && isCustomerLabel(ref.kind) === ofCustomer ? [label.id] : []));
  return { customerLabelIds: ids(true), orderLabelIds: ids(false) };
}

async function findLabels(store: LabelStore, tenantId: number, refs: readonly LabelRef[]): Promise<readonly Label[]> {
  const found: Label[] = [];
  for (let at = 0; at < refs.length; at += 1000)
    found.push(...(await store.findMany(tenantId, refs.slice(at, at + 1000))));
  return found;
}
