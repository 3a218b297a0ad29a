import { type Definition, FORM_KINDS, type FormKind } from "./segment-form";

/** Ways to put conditions together. */
export const MODES = ["all", "any", "none"] as const;
export type Mode = (typeof MODES)[number];
/** What a row asks: one of the kinds of labels, or something else of a person. */
export const ROW_KINDS = ["lapse", ...FORM_KINDS, "count", "amount", "attribute", "saved"] as const;
export type RowKind = (typeof ROW_KINDS)[number];
/** Groups inside a group go no deeper. */
export const MOST_DEPTH = 8;

/** One condition: what it asks, and what its answer has to be. */
export interface Row {
  readonly key: number;
  kind: RowKind;
  min: number | "";
  max: number | "";
  /** Labels, or values of an attribute. */
  keys: string[];
  /** Of an attribute. */
  name: string;
  /** Of a saved segment; 0: none yet. */
  saved: number;
}

/** Conditions of which all, any or none must hold. */
export interface Group {
  readonly key: number;
  mode: Mode;
  parts: Part[];
}

export type Part = Row | Group;

export const isGroup = (part: Part): part is Group => "mode" in part;

let made = 0;
export const newRow = (kind: RowKind = "lapse"): Row => {
  made += 1;
  return { key: made, kind, min: "", max: "", keys: [], name: "", saved: 0 };
};
export const newGroup = (mode: Mode = "all", parts: Part[] = [newRow()]): Group => {
  made += 1;
  return { key: made, mode, parts };
};

const range = (min: number | "", max: number | "", scale = 1) => ({
  ...(min !== "" && { min: min * scale }),
  ...(max !== "" && { max: max * scale }),
});

function rowDefinition({ kind, min, max, keys, name, saved }: Row): Definition {
  switch (kind) {
    case "lapse":
      return { lapse: { ...(min !== "" && { minDays: min }), ...(max !== "" && { maxDays: max }) } };
    case "count":
      return { orders: { count: range(min, max) } };
    case "amount":
      return { orders: { totalMinor: range(min, max, 100) } };
    case "attribute":
      return { attributes: [{ name, ...(keys.length > 0 ? { in: keys } : range(min, max)) }] };
    case "saved":
      return { saved };
    default:
      return { labels: { [kind]: keys } };
  }
}

/** What a tree says, for the server. */
export function treeDefinition({ mode, parts }: Group): Definition {
  return { [mode]: parts.map((part) => (isGroup(part) ? treeDefinition(part) : rowDefinition(part))) };
}

/** A tree that says the same as a definition; undefined: it asks something that no row asks. */
export function treeOf(definition: Definition, depth = 0): Group | undefined {
  const parts = partsOf(definition, depth);
  if (parts === undefined || depth > MOST_DEPTH) return undefined;
  const [only] = parts;
  return parts.length === 1 && only && isGroup(only) ? only : newGroup("all", parts);
}

/** Conditions that must all hold. */
function partsOf(definition: Definition, depth: number): Part[] | undefined {
  const {
    labels,
    labelMode = "any",
    lapse,
    orders,
    attributes,
    saved,
    all,
    any,
    none,
    everybody,
    ...others
  } = definition;
  const isMore = Object.values(others).some(
    (value) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  if (isMore || everybody === true) return undefined;
  const found = [
    ...(lapse === undefined ? [] : [lapseRow(Object(lapse))]),
    ...(labels === undefined ? [] : labelParts(Object(labels), labelMode)),
    ...(orders === undefined ? [] : orderRows(Object(orders))),
    ...(Array.isArray(attributes) ? attributes.map((one) => attributeRow(Object(one))) : []),
    ...(typeof saved === "number" ? [{ ...newRow("saved"), saved }] : []),
    ...groupsOf({ all, any, none }, depth),
  ];
  const parts = found.filter((part) => part !== undefined);
  return parts.length === found.length ? parts : undefined;
}

function groupsOf(groups: Readonly<Record<Mode, unknown>>, depth: number): (Group | undefined)[] {
  return MODES.flatMap((mode) => {
    const list = groups[mode];
    if (!Array.isArray(list)) return [];
    const parts = list.map((one): Part | undefined => {
      const inside = treeOf(Object(one), depth + 1);
      const [only] = inside?.parts ?? [];
      // A group of one condition is that condition.
      return inside?.mode === "all" && inside.parts.length === 1 && only ? only : inside;
    });
    const known = parts.filter((part) => part !== undefined);
    return [known.length === parts.length ? newGroup(mode, known) : undefined];
  });
}

const asNumber = (value: unknown): number | "" => (typeof value === "number" ? value : "");

function lapseRow({ minDays, maxDays, recency = "last-order" }: Record<string, unknown>): Row | undefined {
  return recency === "last-order" ? { ...newRow("lapse"), min: asNumber(minDays), max: asNumber(maxDays) } : undefined;
}

function labelParts(labels: Record<string, unknown>, mode: unknown): (Part | undefined)[] {
  const used = Object.entries(labels).filter(([, keys]) => Array.isArray(keys) && keys.length > 0);
  const rows = used.flatMap(([kind, keys]): (Row | undefined)[] => {
    const known = FORM_KINDS.find((one): one is FormKind => one === kind);
    if (known === undefined || !Array.isArray(keys)) return [undefined];
    const texts = keys.map(String);
    // Of `all` every label must be there: a row for each.
    return (mode === "all" ? texts.map((text) => [text]) : [texts]).map((of) => ({ ...newRow(known), keys: of }));
  });
  const known = rows.filter((row) => row !== undefined);
  if (known.length < rows.length) return [undefined];
  return mode === "any" && known.length > 1 ? [newGroup("any", known)] : known;
}

function orderRows({ count, totalMinor, ...others }: Record<string, unknown>): (Row | undefined)[] {
  if (Object.values(others).some((value) => value !== undefined)) return [undefined];
  return [
    ...(count === undefined ? [] : [{ ...newRow("count"), ...bounds(Object(count)) }]),
    ...(totalMinor === undefined ? [] : [{ ...newRow("amount"), ...bounds(Object(totalMinor), 100) }]),
  ];
}

function attributeRow({ name, in: values, min, max, isSet }: Record<string, unknown>): Row | undefined {
  const isText = (value: unknown) => typeof value === "string";
  if (isSet !== undefined || isText(min) || isText(max)) return undefined;
  if (Array.isArray(values) && !values.every(isText)) return undefined;
  return {
    ...newRow("attribute"),
    name: String(name),
    keys: Array.isArray(values) ? values : [],
    ...bounds({ min, max }),
  };
}

function bounds({ min, max }: Record<string, unknown>, scale = 1) {
  const of = (value: unknown) => (typeof value === "number" ? value / scale : ("" as const));
  return { min: of(min), max: of(max) };
}

/** True when every condition says what its answer has to be: only then is there something to ask. */
export function isFinished(part: Part): boolean {
  if (isGroup(part)) return part.parts.length > 0 && part.parts.every(isFinished);
  const { kind, min, max, keys, name, saved } = part;
  const isBound = min !== "" || max !== "";
  if (kind === "lapse") return min !== "" && max !== "";
  if (kind === "saved") return saved > 0;
  if (kind === "attribute") return name.trim() !== "" && (keys.length > 0 || isBound);
  return kind === "count" || kind === "amount" ? isBound : keys.length > 0;
}

/** How deep a group goes: 1 when there is none in it. */
export function depthOf(group: Group): number {
  return 1 + Math.max(0, ...group.parts.filter(isGroup).map(depthOf));
}

/** Moves a part one place up or down, where there is one. */
export function moved(parts: readonly Part[], at: number, by: 1 | -1): Part[] {
  const next = [...parts];
  const [part] = next.splice(at, 1);
  if (part) next.splice(Math.min(Math.max(at + by, 0), next.length), 0, part);
  return next;
}
