import { type CustomerInput, type OrderIngestResult, type SuppressionInput, systemClock } from "@recallkit/core";
import type { CustomerMapping, Mapping, OrderMapping, SuppressionMapping } from "../mapping/mapping.js";
import { parseMapping } from "../mapping/mapping.js";
import { readOrders } from "../order/read-orders.js";
import { type CustomerRow, readCustomers } from "../person/read-customers.js";
import { readSuppressions } from "../person/read-suppressions.js";
import { type ReadingContext, type Tables, tablesOf } from "../reading/context.js";
import type { Reading } from "../reading/reading.js";
import { type Feed, feed } from "./feed.js";
import type { ImportOptions, ImportTarget } from "./import-options.js";
import type { ImportResult } from "./import-result.js";
import { mergeTallies } from "./merge-tallies.js";

/** What the kit said to all rows. */
interface Taken extends Pick<OrderIngestResult, "inserted" | "updated" | "unchanged"> {
  readonly customers?: OrderIngestResult["customers"];
  readonly labels?: OrderIngestResult["labels"];
  readonly amountMinor?: number;
  readonly changed?: Partial<ImportResult["changed"]>;
  readonly moved?: number;
}

/**
 * Takes the rows of files over. Everything that the files leave open is asked before anything is written; a row that cannot be
 * taken is rejected by itself, an order as a whole. A second run does what the first one left undone.
 *
 * @throws {InputError} columns that are missing, and everything that has to be answered, at once: `path` names the option of the
 *   mapping, `params.answers` what may be said. The reason of `signal`
 */
export async function importRows(
  target: ImportTarget,
  tables: Tables,
  mapping: Mapping,
  options: ImportOptions = {},
): Promise<ImportResult> {
  const { timeZone, currency } = await target.tenant();
  const context: ReadingContext = {
    zone: options.timeZone ?? timeZone,
    currency,
    now: (options.clock ?? systemClock).now(),
    signal: options.signal,
    externalUserIdPrefix: options.externalUserIdPrefix,
    scratchFolder: options.scratchFolder,
    onProgress: ({ phase, rows }) =>
      options.onProgress?.({ phase: phase === "judge" ? "judge" : "write", rows, bytes: 0, totalBytes: 0 }),
  };
  const told = withOptions(parseMapping(mapping), options);
  const columns = tablesOf(tables)[0]?.table.columns ?? [];
  const run = await runOf(tables, told, context, options);
  const work = async (kit: Omit<ImportTarget, "rehearse">): Promise<ImportResult> => {
    await options.rejects?.begin(columns);
    options.onProgress?.({ phase: "write", rows: 0, bytes: 0, totalBytes: 0 });
    return { kind: told.kind, dryRun: options.dryRun ?? false, currency, ...(await run(kit)) };
  };
  return options.dryRun ? target.rehearse(work) : work(target);
}

/** What is said for this import goes before what the mapping says. */
function withOptions(mapping: Mapping, { strict, onChange, unknownStatus, source }: ImportOptions): Mapping {
  const common = { ...mapping, ...(strict !== undefined && { strict }) };
  if (common.kind !== "orders") return common;
  return {
    ...common,
    ...(onChange && { onChange }),
    ...(unknownStatus && { unknownStatus }),
    ...(source !== undefined && { source }),
  };
}

type Run = (kit: Omit<ImportTarget, "rehearse">) => Promise<Omit<ImportResult, "kind" | "dryRun" | "currency">>;

/** Judges the files. @returns what takes them over, any number of times */
async function runOf(tables: Tables, mapping: Mapping, context: ReadingContext, options: ImportOptions): Promise<Run> {
  switch (mapping.kind) {
    case "orders":
      return ordersRun(await readOrders(tables, mapping, context), mapping, options);
    case "customers":
      return customersRun(await readCustomers(tables, mapping, context), mapping, options);
    case "suppressions":
      return suppressionsRun(await readSuppressions(tables, mapping, context), mapping, options);
  }
}

function ordersRun(
  reading: Awaited<ReturnType<typeof readOrders>>,
  mapping: OrderMapping,
  options: ImportOptions,
): Run {
  return async (kit) => {
    const fed = feed(reading.items(), (row) => [row], options);
    const taken = await kit.orders.ingest(fed.rows, {
      ...fed.options,
      ...peopleOptions(mapping, options),
      attributeTypes: typesOf(mapping),
      source: mapping.source ?? "import",
      ...(mapping.onChange && { onChange: mapping.onChange }),
    });
    return resultOf(reading, fed, taken);
  };
}

function customersRun(reading: Reading<CustomerRow>, mapping: CustomerMapping, options: ImportOptions): Run {
  const attributeTypes = typesOf(mapping);
  // Where the mapping names none, the kit asks for none.
  const inputsOf = ({ input, attributes }: CustomerRow): readonly CustomerInput[] => [
    mapping.attributes ? { ...input, attributes } : input,
  ];
  return async (kit) => {
    const fed = feed(reading.items(), inputsOf, options);
    const policies = peopleOptions(mapping, options);
    return resultOf(
      reading,
      fed,
      await kit.customers.upsert(fed.rows, { ...fed.options, ...policies, attributeTypes }),
    );
  };
}

function typesOf({ attributes = {} }: Pick<CustomerMapping, "attributes">) {
  return Object.fromEntries(Object.entries(attributes).map(([name, { type }]) => [name, type]));
}

/** What becomes of facts about people. */
function peopleOptions({ strict }: Mapping, { onIdentityMove }: ImportOptions) {
  return { ...(strict !== undefined && { strict }), ...(onIdentityMove && { onIdentityMove }) };
}

function suppressionsRun(
  reading: Reading<readonly SuppressionInput[]>,
  _mapping: SuppressionMapping,
  options: ImportOptions,
): Run {
  return async (kit) => {
    const fed = feed(reading.items(), (rows) => rows, options);
    return resultOf(reading, fed, await kit.suppressions.addMany(fed.rows, fed.options));
  };
}

async function resultOf(reading: Reading<unknown>, fed: Feed<unknown>, taken: Taken) {
  await fed.end();
  const { rows, refused, rejectedRows, rejected, dropped, repeated, skipped, warnings } = reading.summary();
  const { inserted, updated, unchanged, customers, labels, amountMinor } = taken;
  return {
    rows,
    inserted,
    updated,
    unchanged,
    refused: refused + fed.refused(),
    rejectedRows: rejectedRows + fed.rejectedRows(),
    rejected: mergeTallies(rejected, fed.rejected.all()),
    dropped: mergeTallies(dropped, fed.dropped.all()),
    repeated,
    skipped,
    changed: { orders: taken.changed?.orders ?? 0, first: taken.changed?.first ?? [] },
    moved: taken.moved ?? 0,
    warnings,
    customers,
    labels,
    amountMinor,
  };
}
