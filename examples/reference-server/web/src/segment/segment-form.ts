/** What a segment says, as the server takes it. */
export type Definition = Record<string, unknown>;

/** Kinds of labels that a form asks for, in its order. */
export const FORM_KINDS = ["city", "store", "brand", "category", "sku"] as const;
export type FormKind = (typeof FORM_KINDS)[number];

/** A segment as a form holds it: the questions that most segments ask. */
export interface SegmentForm {
  minDays: number | "";
  maxDays: number | "";
  labels: Record<FormKind, string[]>;
  labelMode: "any" | "grouped" | "all";
  leastOrders: number | "";
}

export function emptySegment(): SegmentForm {
  const labels = { city: [], store: [], brand: [], category: [], sku: [] };
  return { minDays: "", maxDays: "", labels, labelMode: "any", leastOrders: "" };
}

/** What a form says, for the server. */
export function definitionOf({ minDays, maxDays, labels, labelMode, leastOrders }: SegmentForm): Definition {
  const used = Object.fromEntries(Object.entries(labels).filter(([, keys]) => keys.length > 0));
  const hasLabels = Object.keys(used).length > 0;
  const isLapsed = minDays !== "" || maxDays !== "";
  return {
    ...(isLapsed && { lapse: { ...(minDays !== "" && { minDays }), ...(maxDays !== "" && { maxDays }) } }),
    ...(hasLabels && { labels: used, ...(labelMode !== "any" && { labelMode }) }),
    ...(leastOrders !== "" && { orders: { count: { min: leastOrders } } }),
  };
}

/** A form that says the same; undefined: the definition asks more than the form can. */
export function formOfSegment(definition: Definition): SegmentForm | undefined {
  const form = emptySegment();
  const lapse = Object(definition.lapse);
  form.minDays = lapse.minDays ?? "";
  form.maxDays = lapse.maxDays ?? "";
  form.leastOrders = Object(Object(definition.orders).count).min ?? "";
  if (definition.labelMode === "grouped" || definition.labelMode === "all") form.labelMode = definition.labelMode;
  const labels = Object(definition.labels);
  for (const kind of FORM_KINDS) if (Array.isArray(labels[kind])) form.labels[kind] = labels[kind].map(String);
  return sorted(definitionOf(form)) === sorted(withoutDefaults(definition)) ? form : undefined;
}

/** What a definition says beyond what holds anyway: the server fills its defaults in. */
function withoutDefaults({ labelMode, everybody, lapse, ...rest }: Definition): Definition {
  const { recency, ...window } = Object(lapse);
  return {
    ...rest,
    ...(lapse !== undefined && { lapse: { ...window, ...(recency !== "last-order" && { recency }) } }),
    ...(labelMode !== "any" && { labelMode }),
    ...(everybody === true && { everybody }),
  };
}

/** A definition as a text that does not depend on the order of its fields. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a.localeCompare(b)))
      : part,
  );
}

/** A definition of a text; undefined: it is no JSON of an object. */
export function parsedDefinition(text: string): Definition | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** How the number comes about. Whether people have an address is asked by what is sent, not by a segment. */
export function stepsOf<T extends { readonly name: string }>({
  steps,
}: {
  readonly steps: readonly T[];
}): readonly T[] {
  return steps.filter(({ name }) => name !== "reachable");
}
