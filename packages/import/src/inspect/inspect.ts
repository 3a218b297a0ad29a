import { InputError } from "@recallkit/core";
import { cleanCell } from "../cell/cell-text.js";
import type { Field, OrderField } from "../mapping/field.js";
import type { Mapping, OrderMapping } from "../mapping/mapping.js";
import { type FoundStatus, judgeOrders, type OrderJudgement } from "../order/judge-orders.js";
import { type PresetName, presetMapping, presetOf } from "../preset/presets.js";
import type { ReadingContext } from "../reading/context.js";
import type { Question } from "../reading/question.js";
import type { Table } from "../table/table.js";
import { type MatchedColumn, matchColumns } from "./match-columns.js";

export interface InspectOptions extends ReadingContext {
  /** What the file holds. @default "orders" where a column of amounts or times of orders is found, else "customers" */
  readonly kind?: Mapping["kind"] | undefined;
  /** Takes the mapping of a well-known export. @default the one whose columns the file has */
  readonly preset?: PresetName | undefined;
  /** What is known already; it goes before all guesses. */
  readonly mapping?: Partial<Mapping> | undefined;
}

/** What was understood of a file, before anything is written. */
export interface Inspection {
  /** To be kept as `mapping.json`, changed and given to the import. */
  readonly mapping: Mapping;
  /** Preset that it follows. */
  readonly preset: PresetName | undefined;
  readonly columns: readonly MatchedColumn[];
  /** Columns that no field takes. */
  readonly unused: readonly string[];
  /** Fields without which nothing can be imported. */
  readonly missing: readonly Field[];
  readonly rows: number;
  /** How dates, amounts and repeated rows are read; undefined for other files than orders, or while fields are missing. */
  readonly judgement: Omit<OrderJudgement, "returning"> | undefined;
  readonly statuses: readonly FoundStatus[];
  /** What must be answered before an import. */
  readonly questions: readonly Question[];
  /** First rows, cleaned, by column. */
  readonly samples: readonly Readonly<Record<string, string>>[];
}

const SAMPLES = 5;

/**
 * Finds out what the columns of a file mean and how their values are written. Reads the whole file, writes nothing.
 *
 * @throws {InputError} a mapping that names columns which are not there; the reason of `signal`
 */
export async function inspect(table: Table, options: InspectOptions): Promise<Inspection> {
  const { mapping, preset, columns, missing } = guessMapping(table.columns, options);
  const used = new Set(columns.map(({ column }) => column));
  const judgement =
    mapping.kind === "orders" && missing.length === 0 ? await judgeOrders(table, mapping, options) : undefined;
  const samples = await samplesOf(table, options.signal);
  const { returning: _, ...shown } = judgement ?? { returning: undefined };
  return {
    mapping: judgement ? settled(mapping, judgement) : mapping,
    preset,
    columns,
    unused: table.columns.filter((column) => column !== "" && !used.has(column)),
    missing,
    rows: judgement?.rows ?? (await rowCount(table, options.signal)),
    // `judgement` without `returning`, which is of no use to anybody else.
    judgement: judgement && (shown as Omit<OrderJudgement, "returning">),
    statuses: judgement?.statuses ?? [],
    questions: judgement?.questions ?? [],
    samples,
  };
}

/** What columns mean by their names alone; no row is read. */
export function guessMapping(
  columns: readonly string[],
  options: Pick<InspectOptions, "kind" | "preset" | "mapping">,
): Pick<Inspection, "mapping" | "preset" | "columns" | "missing"> {
  const kind = options.kind ?? options.mapping?.kind ?? kindOf(columns);
  const preset = kind === "orders" ? (options.preset ?? presetOf(columns)) : undefined;
  const found = mappingOf(columns, kind, preset, options.mapping);
  const { mapping } = found;
  const missing = NEEDED[mapping.kind].filter((field) => !(field in mapping.columns));
  const hasAmount =
    mapping.kind !== "orders" || ["amount", "line_amount", "unit_price"].some((field) => field in mapping.columns);
  return { ...found, preset, missing: hasAmount ? missing : [...missing, "amount" as const] };
}

const NEEDED = {
  orders: ["customer_key", "ordered_at"],
  customers: ["customer_key"],
  suppressions: [],
} as const satisfies Record<Mapping["kind"], readonly Field[]>;

function kindOf(columns: readonly string[]): "orders" | "customers" {
  if (presetOf(columns) !== undefined) return "orders";
  const matched = matchColumns("orders", columns);
  const fields = new Set(matched.map(({ field }) => field));
  const has = (...names: readonly OrderField[]) => names.some((field) => fields.has(field));
  // Nobody's own row tells how many of what were bought, or how much was given back.
  const isSale = has("quantity", "unit_price", "line_amount", "sku", "refunded", "refund_status", "cancelled_at");
  const isNumbered = matched.some(({ field, column }) => field === "order_no" && !/^(?:id|key|no|编号)$/i.test(column));
  const isOrders = has("ordered_at", "order_no") && (isSale || (has("ordered_at") && (has("amount") || isNumbered)));
  return isOrders ? "orders" : "customers";
}

function mappingOf(
  names: readonly string[],
  kind: Mapping["kind"],
  preset: PresetName | undefined,
  told: Partial<Mapping> = {},
) {
  const named = preset ? presetMapping(preset, names) : undefined;
  const guessed = named ? [] : matchColumns(kind, names).filter((guess) => !isToldOtherwise(guess, told.columns));
  const byAddress = guessed.find(({ field, reason }) => field === "customer_key" && reason === "address");
  const form = guessed.find(({ field, column }) => field !== "customer_key" && column === byAddress?.column)?.field;
  const keyForm = form === "mobile" || form === "email" ? { keyForm: form } : {};
  const base = named ?? {
    version: 1,
    kind,
    columns: Object.fromEntries(guessed.map(({ field, column }) => [field, column])),
    ...keyForm,
  };
  // The kind decides which fields there are; all of them were looked up by it.
  const mapping = { ...base, ...told, kind, version: 1, columns: { ...base.columns, ...told.columns } } as Mapping;
  const columns = Object.entries(mapping.columns).map(([field, column]): MatchedColumn => {
    const guess = guessed.find((one) => one.field === field && one.column === column);
    // The keys of `columns` are fields.
    const reason = named && !(field in (told.columns ?? {})) ? "preset" : "told";
    return guess ?? { field: field as Field, column, reason, confidence: "sure", others: [] };
  });
  return { mapping, columns };
}

/** A column that was told to be something else is not what its name says, unless it is an address that also is a key. */
function isToldOtherwise({ field, column }: MatchedColumn, told: Partial<Mapping>["columns"] = {}): boolean {
  const isAddress = ["mobile", "email", "external_userid", "openid", "unionid"].includes(field);
  return !isAddress && Object.entries(told).some(([other, name]) => name === column && other !== field);
}

/** What was decided by evidence is written down, so that the import of the next file reads it the same way. */
function settled(mapping: Mapping, { amountLevel }: OrderJudgement): Mapping {
  if (mapping.kind !== "orders" || amountLevel.level === undefined || amountLevel.by === "indifferent") return mapping;
  const found: OrderMapping = { ...mapping, amount: amountLevel.level };
  return found;
}

async function samplesOf(table: Table, signal: AbortSignal | undefined) {
  const samples: Record<string, string>[] = [];
  for await (const row of table.rows({ ...(signal && { signal }) })) {
    if (!("cells" in row)) continue;
    samples.push(
      Object.fromEntries(table.columns.map((column, at) => [column, cleanCell(row.cells[at] ?? "").slice(0, 200)])),
    );
    if (samples.length === SAMPLES) break;
  }
  return samples;
}

async function rowCount(table: Table, signal: AbortSignal | undefined): Promise<number> {
  let count = 0;
  for await (const _ of table.rows({ ...(signal && { signal }) })) count += 1;
  return count;
}

/** The mapping of an inspection that leaves nothing open. @throws {InputError} what is missing or has to be answered */
export function mappingOfInspection({ mapping, missing, questions }: Inspection): Mapping {
  const issues = [
    ...missing.map((field) => ({
      path: `columns.${field}`,
      code: "import.column-missing",
      message: "no column was found for it",
    })),
    ...questions.map(({ path, code, message, params }) => ({ path, code, message, params })),
  ];
  if (issues.length > 0) throw new InputError(issues);
  return mapping;
}
