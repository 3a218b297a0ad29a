import type { CustomerInput } from "@recallkit/core";
import { isTimeZone } from "@recallkit/core/ports";
import { type KeyReading, keyColumn } from "../key/key-column.js";
import type { CustomerField } from "../mapping/field.js";
import { type FoundColumns, findColumns } from "../mapping/find-columns.js";
import type { CustomerMapping } from "../mapping/mapping.js";
import { cellReader } from "../reading/cell-reader.js";
import { type PlacedTable, type ReadingContext, type Tables, tablesOf, todayOf } from "../reading/context.js";
import { fault } from "../reading/fault.js";
import { columnQuestion, type Question } from "../reading/question.js";
import type { ReadItem, Reading } from "../reading/reading.js";
import { skipTest } from "../reading/skip-rows.js";
import { startTally, type Tally } from "../reading/tally.js";
import type { DayOrder } from "../time/calendar-day.js";
import type { AttributeValue } from "./attribute.js";
import { type AttributeCells, attributeCells } from "./attribute-cells.js";
import { birthdayColumn } from "./birthday.js";
import { externalKeyReader, guestKey } from "./customer-key.js";
import { readPerson } from "./person-reader.js";

/** A person of a file, with the shop's own attributes. */
export interface CustomerRow {
  readonly input: CustomerInput;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** How the columns of a file of customers are read. */
export interface CustomerJudgement {
  readonly rows: number;
  readonly key: KeyReading;
  /** Order of day and month in birthdays; undefined: the column doesn't tell, and such birthdays are dropped. */
  readonly birthdayOrder: DayOrder | undefined;
  /** What could be answered; nothing has to. */
  readonly hints: readonly Question[];
}

/** A file of customers, judged and ready to be read. */
export interface CustomerReading extends Reading<CustomerRow> {
  readonly judgement: CustomerJudgement;
}

interface Layout {
  readonly columns: FoundColumns<CustomerField>;
  readonly cell: (cells: readonly string[], field: CustomerField) => string;
  readonly skip: (cells: readonly string[]) => string | undefined;
  readonly attributes: AttributeCells;
}

const PROGRESS_ROWS = 1000;

/**
 * Reads files of customers, in two passes. Rows of one key come one after the other as they stand: the kit lets later ones win.
 *
 * @throws {InputError} columns that are missing; the reason of `signal`
 */
export async function readCustomers(
  tables: Tables,
  mapping: CustomerMapping,
  context: ReadingContext,
): Promise<CustomerReading> {
  const layouts = tablesOf(tables).map((one) => layoutOf(one, mapping, context.zone));
  const judgement = await judge(tables, layouts, mapping, context);
  let tally = startTally();
  return {
    judgement,
    summary: () => tally.summary(),
    items() {
      tally = startTally();
      return readItems(tables, layouts, mapping, context, judgement, tally);
    },
  };
}

function layoutOf({ table }: PlacedTable, mapping: CustomerMapping, zone: string): Layout {
  const columns = findColumns(table.columns, mapping.columns);
  return {
    columns,
    cell: cellReader(columns, mapping.blanks),
    skip: skipTest(table.columns, mapping.skip),
    attributes: attributeCells(table.columns, mapping.attributes ?? {}, mapping.blanks, zone),
  };
}

async function judge(
  tables: Tables,
  layouts: readonly Layout[],
  mapping: CustomerMapping,
  { signal, onProgress }: ReadingContext,
): Promise<CustomerJudgement> {
  const keys = keyColumn();
  const birthdays = birthdayColumn();
  let rows = 0;
  for (const { table, file } of tablesOf(tables)) {
    for await (const row of table.rows({ ...(signal && { signal }) })) {
      rows += 1;
      if (rows % PROGRESS_ROWS === 0) onProgress?.({ phase: "judge", rows });
      const layout = layouts[file];
      if (!("cells" in row) || !layout || layout.skip(row.cells) !== undefined) continue;
      keys.see(layout.cell(row.cells, "customer_key"));
      const birthday = layout.cell(row.cells, "birthday");
      if (birthday !== "") birthdays.see(row.line, birthday);
    }
  }
  const verdict = birthdays.verdict(mapping.dateFormat);
  const hints = verdict.kind === "decided" ? [] : [columnQuestion("time", mapping.columns.birthday ?? "", verdict)];
  return {
    rows,
    key: keys.reading(),
    birthdayOrder: verdict.kind === "decided" ? verdict.reading : undefined,
    hints,
  };
}

async function* readItems(
  tables: Tables,
  layouts: readonly Layout[],
  mapping: CustomerMapping,
  context: ReadingContext,
  { key, birthdayOrder }: CustomerJudgement,
  tally: Tally,
): AsyncGenerator<ReadItem<CustomerRow>> {
  const { signal, onProgress, externalUserIdPrefix } = context;
  const readKey = externalKeyReader(key, mapping.keyForm, mapping.country);
  const options = { country: mapping.country, birthdayOrder, today: todayOf(context), zone: context.zone };
  let rows = 0;
  for (const { table, file } of tablesOf(tables)) {
    for await (const row of table.rows({ ...(signal && { signal }) })) {
      rows += 1;
      tally.row();
      if (rows % PROGRESS_ROWS === 0) onProgress?.({ phase: "read", rows });
      const { line } = row;
      const reject = (path: string, code: string, cells: readonly string[]): ReadItem<CustomerRow> => {
        tally.refused();
        tally.rejected(line, { path, code });
        return { kind: "rejected", file, line, cells, ...fault(path, code) };
      };
      if (!("cells" in row)) {
        yield reject("", row.code, [row.raw]);
        continue;
      }
      const { cells } = row;
      const layout = layouts[file] as Layout;
      const reason = layout.skip(cells);
      if (reason !== undefined) {
        tally.skipped(reason);
        continue;
      }
      const text = layout.cell(cells, "customer_key");
      const person = readPerson((field) => layout.cell(cells, field), options);
      const named = text === "" ? "customer.missing" : readKey(text);
      const found = named === "customer.anonymous" ? guestKey(person.facts) : named;
      if (typeof found === "string" || found.key.length > 255) {
        yield reject("customer_key", typeof found === "string" ? found : "key.too-long", cells);
        continue;
      }
      const own = layout.attributes(cells);
      const zone = zoneOf(layout.cell(cells, "time_zone"));
      const wrong = [...person.wrong, ...own.wrong, ...zone.wrong];
      const [first] = wrong;
      if (first && mapping.strict) {
        yield reject(first.path, first.code, cells);
        continue;
      }
      for (const { path, code } of wrong) tally.dropped(line, path, code);
      tally.taken();
      const derived = externalUserIdPrefix === undefined ? {} : { externalUserId: externalUserIdPrefix + found.key };
      const input: CustomerInput = { externalKey: found.key, ...derived, ...person.facts, ...zone.facts };
      const dropped = wrong.map((one) => ({ file, line, ...one }));
      const source = [{ file, line, cells }];
      yield { kind: "taken", file, line, lines: [line], source, row: { input, attributes: own.values }, dropped };
    }
  }
}

function zoneOf(text: string) {
  if (text === "") return { facts: {}, wrong: [] };
  if (isTimeZone(text)) return { facts: { timeZone: text }, wrong: [] };
  return { facts: {}, wrong: [{ path: "time_zone" as const, code: "time-zone.invalid" }] };
}
