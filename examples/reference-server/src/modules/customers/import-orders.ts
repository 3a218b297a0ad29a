import type { OrderIngestResult, OrderInput, RowRejection, TenantKit } from "@recallkit/core";
import { minorToMajor } from "@recallkit/core/ports";
import { type AssembledOrder, type RejectedLine, rejectOrder } from "./assemble-order.js";
import { type ColumnNames, findColumns } from "./columns.js";
import type { LineFault } from "./import-fault.js";
import { type ImportCounts, type ImportFileOptions, withStagedFile, writeRejects } from "./import-file.js";
import type { LineStaging, StagedLine } from "./line-staging.js";
import { genericOrders, type OrderField, type OrderFormat, type SkipReason } from "./order-format.js";
import { orderLineReader } from "./order-line.js";
import { type OrderKeys, stagedOrders, stagingKey } from "./staged-orders.js";

export interface ImportOrdersOptions extends ImportFileOptions {
  /** @default the product's own columns */
  readonly format?: OrderFormat | undefined;
  /** Column names that differ from the fields'. */
  readonly names?: ColumnNames<OrderField> | undefined;
  /** Zone of wall times. @default the tenant's */
  readonly timeZone?: string | undefined;
  /** Part of the key of an order. @default the format's */
  readonly source?: string | undefined;
}

/** What an import of orders did. */
export interface OrderImportAnswer {
  readonly customers: ImportCounts;
  /** `rejected` counts whole orders. */
  readonly orders: ImportCounts;
  /** Distinct entries of the label library. */
  readonly labels: ImportCounts;
  /** Lines of data in the file. */
  readonly lines: number;
  /** Lines passed over on purpose. */
  readonly skipped: Readonly<Record<SkipReason, number>>;
  /** Rejected lines. */
  readonly rejects: number;
  /** Where they are; null without any. */
  readonly rejects_file: string | null;
  /** Sum of the orders that were taken, major units. */
  readonly revenue: number;
  readonly currency: string;
}

/**
 * Imports a CSV file of orders, packed or not. Lines of an order may stand anywhere; an order is taken whole or not at all, and
 * nothing is taken from a file that cannot be read to its end.
 *
 * @throws {RecallKitError} `import.…` for the file as a whole, with nothing taken; the reason of `signal`
 */
export async function importOrders(
  kit: TenantKit,
  file: string,
  options: ImportOrdersOptions = {},
): Promise<OrderImportAnswer> {
  const { format = genericOrders, names = {}, signal } = options;
  const { timeZone, currency } = await kit.tenant();
  return withStagedFile(file, options, async ({ header, rows }, staging) => {
    const columns = findColumns(header, format.fields, {
      names: { ...format.names, ...names },
      required: format.required,
    });
    const keys: OrderKeys = columns.has("order_no") ? "order_no" : "natural";
    const read = orderLineReader(columns, { width: header.length, timeZone: options.timeZone ?? timeZone, currency });

    const skipped = { cancelled: 0, no_customer: 0 };
    let lines = 0;
    for await (const { line, cells } of rows) {
      lines += 1;
      const reason = format.skip(columns.cell, cells);
      if (reason) skipped[reason] += 1;
      else
        await staging.add({ line, cells, key: stagingKey(columns.cell(cells, "order_no"), line, cells, keys, read) });
    }

    const orders = () =>
      stagedOrders(staging, keys, { read, currency, externalUserIdPrefix: options.externalUserIdPrefix });
    const total = await countOrders(staging, keys, lines - skipped.cancelled - skipped.no_customer);
    const taken = await kit.orders.ingest(inputsOf(orders()), {
      strict: true,
      source: options.source ?? format.source,
      onProgress: ({ rows: done }) => options.onProgress?.({ phase: "import", done, total }),
      ...(signal && { signal }),
    });
    const rejected = await countRejected(orders(), taken, total);
    const rejects =
      rejected > 0 ? await writeRejects(file, options, header, rejectedLines(orders(), taken.rejected)) : undefined;
    return {
      ...answerOf(taken, rejected, currency),
      lines,
      skipped,
      rejects: rejects?.count ?? 0,
      rejects_file: rejects?.path ?? null,
      currency,
    };
  });
}

function countOrders(staging: LineStaging, keys: OrderKeys, lines: number): Promise<number> | number {
  const distinct = staging.countKeys();
  return keys === "order_no" ? distinct : distinct.then(() => lines);
}

async function* inputsOf(orders: AsyncIterable<AssembledOrder>): AsyncGenerator<OrderInput> {
  for await (const order of orders) if (order.kind === "order") yield order.input;
}

/** Whole orders that were not taken, by the file's faults or the kit's. */
async function countRejected(
  orders: AsyncIterable<AssembledOrder & { readonly isRest?: boolean }>,
  taken: OrderIngestResult,
  total: number,
): Promise<number> {
  if (taken.inserted + taken.updated + taken.unchanged === total) return 0;
  let rejected = taken.rejected.length;
  for await (const order of orders) if (order.kind === "rejected" && !order.isRest) rejected += 1;
  return rejected;
}

async function* rejectedLines(
  orders: AsyncIterable<AssembledOrder>,
  refused: readonly RowRejection[],
): AsyncGenerator<readonly RejectedLine[]> {
  const faults = new Map(refused.map((one) => [one.index, one]));
  let index = -1;
  for await (const order of orders) {
    if (order.kind === "rejected") {
      yield order.lines;
      continue;
    }
    index += 1;
    const fault = faults.get(index);
    if (fault) yield rejectOrder(order.lines, new Map([locate(fault, order.lines)])).lines;
  }
}

/** The kit's names of what is wrong, as the file's. */
const FIELD_OF: Readonly<Record<string, string>> = {
  externalId: "order_no",
  externalKey: "customer_key",
  name: "description",
  "buyer.externalUserId": "external_userid",
  "buyer.city": "city",
};

/** Which line of a refused order is wrong, and where; the first one when it is the order as a whole. */
function locate({ path, code, message }: RowRejection, lines: readonly StagedLine[]): readonly [number, LineFault] {
  const [, index = 0, field = path] = /^lines\.(\d+)\.([^.]+)/.exec(path) ?? [];
  const line = lines[Number(index)]?.line ?? 0;
  return [line, { path: FIELD_OF[field] ?? field, code, message }];
}

function answerOf(taken: OrderIngestResult, rejected: number, currency: string) {
  const { inserted, updated, unchanged, customers, labels, amountMinor } = taken;
  return {
    customers: { ...customers, rejected: 0 },
    orders: { inserted, updated, unchanged, rejected },
    labels: { ...labels, rejected: 0 },
    revenue: minorToMajor(amountMinor, currency),
  };
}
