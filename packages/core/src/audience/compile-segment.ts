import type { Customer, IdentityType } from "../customer/customer.js";
import { findCustomers } from "../customer/find-customers.js";
import { isCustomerLabel, LABEL_KINDS, type Label, type LabelKind, type LabelRef } from "../customer/label.js";
import { localDateOf } from "../local-time.js";
import type { AttributeDefinition } from "../ports/customer-store.js";
import type { LabelStore } from "../ports/label-store.js";
import type { Stores } from "../ports/stores.js";
import { resolveConditions } from "./attribute-condition.js";
import type { AudienceCondition, BirthdayMatch } from "./audience-condition.js";
import type { AttributeMatch, AudienceQuery, LabelGroup, OrderWindow } from "./audience-query.js";
import { birthdayMatch } from "./birthday-match.js";
import { type ConditionPart, conditionParts } from "./compile-conditions.js";
import { productKeys } from "./condition-schema.js";
import { windowInstants } from "./days-ago.js";
import { checkedReferences, type SavedSegments } from "./references.js";
import { COMPOSITIONS, type Segment } from "./segment.js";

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
  /** What addresses of a channel are; undefined: there is no such channel. @default there are no channels */
  readonly addressTypeOf?: ((channel: string) => Promise<IdentityType | undefined>) | undefined;
}

/** A segment as a store can ask it: instants instead of days. */
export interface CompiledSegment {
  /** What the store answers. */
  readonly query: AudienceQuery;
  /** Labels that the library does not know: they match nobody. */
  readonly unknownLabels: readonly LabelRef[];
  /** Attributes that the tenant does not have, or of another type than is asked for: they match nobody. */
  readonly unknownAttributes: readonly string[];
  /** Keys of people whom the tenant does not have. */
  readonly unknownCustomers: readonly string[];
  /** Channels that are not configured: nobody is reachable on them. */
  readonly unknownChannels: readonly string[];
}

/** A segment with its conditions one by one, as `explain` asks them. */
export interface CompiledNode {
  readonly segment: Segment;
  readonly window?: OrderWindow;
  readonly labelGroups: readonly LabelGroup[];
  readonly attributes: readonly AttributeMatch[];
  /** Conditions beside those, in the order of their fields. */
  readonly parts: readonly ConditionPart[];
  /** Segments inside it, a saved one first. */
  readonly inside: readonly {
    readonly name: (typeof COMPOSITIONS)[number] | "saved";
    /** Of a saved segment: its name. */
    readonly title?: string;
    readonly nodes: readonly CompiledNode[];
    readonly condition: AudienceCondition;
  }[];
}

/** What the tenant knows of what a segment names. */
export interface Known {
  readonly context: CompileContext;
  readonly label: (kind: LabelKind, key: string) => Label | undefined;
  readonly definitions: readonly AttributeDefinition[];
  readonly customers: ReadonlyMap<string, Pick<Customer, "id">>;
  readonly addressTypes: ReadonlyMap<string, IdentityType>;
  readonly birthdays: ReadonlyMap<NonNullable<Segment["birthday"]>, BirthdayMatch>;
  readonly saved: SavedSegments;
}

/** What compiling asks. */
export type CompileStores = Pick<Stores, "labels" | "customers" | "people" | "segments">;

/**
 * Resolves a segment for one instant: days to instants, label keys, names and keys to ids, saved segments to what they say.
 *
 * @throws {InputError} references to saved segments that nobody has, that lead in a circle or too deep
 */
export async function compileSegment(
  segment: Segment,
  context: CompileContext,
  stores: CompileStores,
): Promise<CompiledSegment> {
  const { node: _, ...compiled } = await compileTree(segment, context, stores);
  return compiled;
}

/** The same, with its conditions one by one. */
export async function compileTree(
  segment: Segment,
  context: CompileContext,
  stores: CompileStores,
): Promise<CompiledSegment & { readonly node: CompiledNode }> {
  const saved = await checkedReferences(stores.segments, context.tenantId, segment);
  const nodes = [...nodesOf(segment, saved)];
  const refs = uniqueRefs(nodes.flatMap(refsOf));
  const keys = [...new Set(nodes.flatMap(({ customers = [] }) => customers))];
  const channels = [...new Set(nodes.flatMap(({ reachable = [] }) => reachable))];
  const labels = refs.length === 0 ? [] : await findLabels(stores.labels, context.tenantId, refs);
  const byRef = new Map(labels.map((label) => [`${label.kind}:${label.key}`, label]));
  const asks = nodes.some(({ attributes = [] }) => attributes.length > 0);
  const known: Known = {
    context,
    label: (kind, key) => byRef.get(`${kind}:${key}`),
    definitions: asks ? await stores.customers.attributeDefinitions(context.tenantId) : [],
    customers: await findPeople(stores, context.tenantId, keys),
    addressTypes: await addressTypesOf(channels, context),
    birthdays: await birthdaysOf(nodes, context),
    saved,
  };
  const node = compileNode(segment, known, false);
  const { window, labelGroups, attributes } = node;
  const conditions = conditionsOf(node);
  const unknownAttributes = nodes.flatMap((one) => resolveConditions(one.attributes ?? [], known.definitions).unknown);
  return {
    node,
    query: {
      tenantId: context.tenantId,
      orders: { asOf: context.asOf, statuses: context.statuses },
      ...(window && { window }),
      labelGroups,
      ...(attributes.length > 0 && { attributes }),
      ...(conditions.length > 0 && { conditions }),
    },
    unknownLabels: refs.filter(({ kind, key }) => !known.label(kind, key)),
    unknownAttributes: [...new Set(unknownAttributes)],
    unknownCustomers: keys.filter((key) => !known.customers.has(key)),
    unknownChannels: channels.filter((name) => !known.addressTypes.has(name)),
  };
}

/**
 * What is not known matches nobody. Where the segment is negated it has to match everybody for that, so that nobody is left:
 * a slip of the pen must not address people who were to be left out.
 */
function compileNode(segment: Segment, known: Known, negated: boolean): CompiledNode {
  const { asOf, timeZone } = known.context;
  const { lapse, attributes = [] } = segment;
  const resolved = resolveConditions(attributes, known.definitions);
  return {
    segment,
    ...(lapse && { window: { ...windowInstants(lapse, asOf, timeZone), recency: lapse.recency } }),
    labelGroups: groupLabels(segment, known, negated),
    attributes: negated ? resolved.attributes.filter(({ attributeId }) => attributeId !== 0) : resolved.attributes,
    parts: conditionParts(segment, known, negated),
    inside: [
      ...savedInside(segment, known, negated),
      ...COMPOSITIONS.flatMap((name) => {
        const nodes = segment[name]?.map((one) => compileNode(one, known, negated !== (name === "none")));
        return nodes ? [{ name, nodes, condition: { kind: name, of: nodes.map(conditionOf) } }] : [];
      }),
    ],
  };
}

function savedInside({ saved: id }: Segment, known: Known, negated: boolean): CompiledNode["inside"] {
  const saved = id === undefined ? undefined : known.saved.get(id);
  if (!saved) return [];
  const node = compileNode(saved.segment, known, negated);
  return [{ name: "saved", title: saved.name, nodes: [node], condition: { kind: "all", of: [conditionOf(node)] } }];
}

/** A segment as one condition. */
export function conditionOf(node: CompiledNode): AudienceCondition {
  const { window, labelGroups, attributes } = node;
  const basic = { kind: "basic" as const, ...(window && { window }), labelGroups, attributes };
  const isPlain = window || labelGroups.length > 0 || attributes.length > 0;
  const of = [...(isPlain ? [basic] : []), ...conditionsOf(node)];
  const [only] = of;
  return only && of.length === 1 ? only : { kind: "all", of };
}

function conditionsOf({ parts, inside }: CompiledNode): readonly AudienceCondition[] {
  return [...parts, ...inside].map(({ condition }) => condition);
}

function* nodesOf(segment: Segment, saved: SavedSegments): Generator<Segment> {
  yield segment;
  const named = segment.saved === undefined ? undefined : saved.get(segment.saved);
  if (named) yield* nodesOf(named.segment, saved);
  for (const name of COMPOSITIONS) for (const one of segment[name] ?? []) yield* nodesOf(one, saved);
}

function refsOf({ labels, products = [] }: Segment): readonly LabelRef[] {
  const own = LABEL_KINDS.flatMap((kind) => (labels?.[kind] ?? []).map((key): LabelRef => ({ kind, key })));
  const bought = products.flatMap((one) =>
    productKeys(one).flatMap(([kind, keys]) => keys.map((key) => ({ kind, key }))),
  );
  return [...own, ...bought];
}

function uniqueRefs(refs: readonly LabelRef[]): readonly LabelRef[] {
  return [...new Map(refs.map((ref) => [`${ref.kind}:${ref.key}`, ref])).values()];
}

interface Resolved {
  readonly ref: LabelRef;
  readonly label: Label | undefined;
}

function groupLabels({ labels, labelMode }: Segment, known: Known, negated: boolean): readonly LabelGroup[] {
  const resolved = LABEL_KINDS.flatMap((kind) =>
    [...new Set(labels?.[kind])].map((key): Resolved => ({ ref: { kind, key }, label: known.label(kind, key) })),
  );
  if (resolved.length === 0) return [];
  const groups =
    labelMode === "any"
      ? [resolved]
      : labelMode === "all"
        ? resolved.map((one) => [one])
        : LABEL_KINDS.map((kind) => resolved.filter(({ ref }) => ref.kind === kind)).filter(({ length }) => length > 0);
  return groups.filter((group) => !negated || group.every(({ label }) => label)).map(groupOf);
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

async function findPeople(
  stores: Pick<Stores, "customers" | "people">,
  tenantId: number,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Customer>> {
  const found = new Map<string, Customer>();
  for (let at = 0; at < keys.length; at += 1000)
    for (const [key, one] of await findCustomers(stores, tenantId, keys.slice(at, at + 1000))) found.set(key, one);
  return found;
}

async function addressTypesOf(
  channels: readonly string[],
  { addressTypeOf }: CompileContext,
): Promise<ReadonlyMap<string, IdentityType>> {
  const types = new Map<string, IdentityType>();
  for (const name of channels) {
    const type = await addressTypeOf?.(name);
    if (type) types.set(name, type);
  }
  return types;
}

async function birthdaysOf(nodes: readonly Segment[], { asOf, timeZone }: CompileContext): Promise<Known["birthdays"]> {
  const today = localDateOf(asOf, timeZone);
  const matches = new Map<NonNullable<Segment["birthday"]>, BirthdayMatch>();
  for (const { birthday } of nodes) if (birthday) matches.set(birthday, await birthdayMatch(birthday, today));
  return matches;
}
