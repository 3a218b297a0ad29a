import fc from "fast-check";

/** What is used here of JSON Schema. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
}

/** Values that programs trip over. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    2 ** 53,
    -(2 ** 63),
    1e308,
    "",
    " ",
    "\u0000",
    "\u202e",
    "'; DROP TABLE rk_rules; --",
    "%",
    "_",
    "{{7*7}}",
    "../../etc/passwd",
    "x".repeat(5000),
    "😺".repeat(300),
    "\ud800",
    "2026-02-30",
    "9999-12-31",
    "0000-00-00",
    [],
    [[]],
    {},
    { $ne: null },
  ),
  fc.string({ unit: "binary", maxLength: 50 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Days and times that look right more often than chance would have it. */
const plausible = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom("2026-01-01", "2026-12-31", "10:00", "24:00", "上海,北京", "1001", "wm_planted", "召回", "opt_out"),
);

/** Mostly what a schema allows, at every place sometimes something else. */
export function arbitraryOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: allowed(schema), weight: 9 }, { arbitrary: hostile, weight: 1 });
}

function allowed(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms) return fc.oneof(...forms.map(arbitraryOf));
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "object":
      return fc.record(
        Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, part]) => [name, arbitraryOf(part)])),
        { requiredKeys: [...(schema.required ?? [])] },
      );
    case "array":
      return fc.array(arbitraryOf(schema.items ?? {}), { maxLength: Math.min(schema.maxItems ?? 5, 5) });
    case "integer":
    case "number": {
      const { minimum = -5, maximum = 1000 } = schema;
      const whole = fc.integer({ min: Math.max(minimum, -5), max: Math.min(Math.max(maximum, 1), 1_000_000) });
      return type === "integer" ? fc.oneof(whole, fc.integer({ min: 1, max: 5 })) : whole.map((value) => value / 7);
    }
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "string":
      return plausible;
    default:
      return hostile;
  }
}
