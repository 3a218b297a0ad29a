import type { SuppressionInput } from "@recallkit/core";
import { keyColumn } from "../key/key-column.js";
import { findColumns } from "../mapping/find-columns.js";
import type { SuppressionMapping } from "../mapping/mapping.js";
import { cellReader } from "../reading/cell-reader.js";
import { type ReadingContext, type Tables, tablesOf } from "../reading/context.js";
import { fault } from "../reading/fault.js";
import type { ReadItem, Reading } from "../reading/reading.js";
import { skipTest } from "../reading/skip-rows.js";
import { startTally, type Tally } from "../reading/tally.js";
import { externalKeyReader } from "./customer-key.js";
import { readEmail } from "./email.js";
import { readMobile } from "./mobile.js";

/**
 * Reads lists of people who must not be contacted. A row gives one suppression for the customer and one for each address it
 * names, so that it also holds for people who are not yet known. An address that is none rejects its row: an opt-out that is
 * lost in silence is worse than one that is asked about.
 *
 * @throws {InputError} columns that are missing; the reason of `signal`
 */
export async function readSuppressions(
  tables: Tables,
  mapping: SuppressionMapping,
  context: ReadingContext,
): Promise<Reading<readonly SuppressionInput[]>> {
  const keys = keyColumn();
  const layouts = tablesOf(tables).map(({ table }) => {
    const cell = cellReader(findColumns(table.columns, mapping.columns), mapping.blanks);
    return { cell, skip: skipTest(table.columns, mapping.skip) };
  });
  for (const { table, file } of tablesOf(tables)) {
    for await (const row of table.rows({ ...(context.signal && { signal: context.signal }) }))
      if ("cells" in row) keys.see(layouts[file]?.cell(row.cells, "customer_key") ?? "");
  }
  const readKey = externalKeyReader(keys.reading(), mapping.keyForm, mapping.country);
  let tally = startTally();
  async function* items(counts: Tally): AsyncGenerator<ReadItem<readonly SuppressionInput[]>> {
    for (const { table, file } of tablesOf(tables)) {
      for await (const row of table.rows({ ...(context.signal && { signal: context.signal }) })) {
        counts.row();
        const { line } = row;
        const reject = (
          path: string,
          code: string,
          cells: readonly string[],
        ): ReadItem<readonly SuppressionInput[]> => {
          counts.refused();
          counts.rejected(line, { path, code });
          return { kind: "rejected", file, line, cells, ...fault(path, code) };
        };
        if (!("cells" in row)) {
          yield reject("", row.code, [row.raw]);
          continue;
        }
        const layout = layouts[file];
        if (!layout) continue;
        const reason = layout.skip(row.cells);
        if (reason !== undefined) {
          counts.skipped(reason);
          continue;
        }
        const found = suppressionsOf((field) => layout.cell(row.cells, field), mapping, readKey);
        if ("code" in found) {
          yield reject(found.path, found.code, row.cells);
          continue;
        }
        counts.taken();
        const source = [{ file, line, cells: row.cells }];
        yield { kind: "taken", file, line, lines: [line], source, row: found.rows, dropped: [] };
      }
    }
  }
  return {
    summary: () => tally.summary(),
    items() {
      tally = startTally();
      return items(tally);
    },
  };
}

type Found = { readonly rows: readonly SuppressionInput[] } | { readonly path: string; readonly code: string };

function suppressionsOf(
  cell: (field: "customer_key" | "external_userid" | "mobile" | "email" | "channel" | "reason") => string,
  mapping: SuppressionMapping,
  readKey: ReturnType<typeof externalKeyReader>,
): Found {
  const channel = cell("channel");
  const common = { reason: (cell("reason") || mapping.reason) ?? "opt_out", ...(channel !== "" && { channel }) };
  const rows: SuppressionInput[] = [];
  const customer = cell("customer_key");
  if (customer !== "") {
    const key = readKey(customer);
    if (typeof key === "string") return { path: "customer_key", code: key };
    rows.push({ ...common, externalKey: key.key });
  }
  const wecom = cell("external_userid");
  if (wecom.length > 64 || /^\d+(?:\.\d+)?E\+\d+$/i.test(wecom))
    return { path: "external_userid", code: "key.damaged" };
  if (wecom !== "") rows.push({ ...common, address: wecom });
  const mobile = cell("mobile") === "" ? undefined : readMobile(cell("mobile"), mapping.country);
  if (typeof mobile === "string") return { path: "mobile", code: mobile };
  if (mobile) rows.push({ ...common, address: mobile.mobile });
  const email = cell("email") === "" ? undefined : readEmail(cell("email"));
  if (typeof email === "string") return { path: "email", code: email };
  if (email) rows.push({ ...common, address: email.email });
  return rows.length > 0 ? { rows } : { path: "", code: "suppression.nobody" };
}
