import type { CustomerInput, RowRejection, TenantKit } from "@recallkit/core";
import type { RejectedLine } from "./assemble-order.js";
import { type ColumnNames, type FoundColumns, findColumns } from "./columns.js";
import { isFault, type LineFault } from "./import-fault.js";
import { type ImportCounts, type ImportFileOptions, withStagedFile, writeRejects } from "./import-file.js";
import type { LineStaging, StagedLine } from "./line-staging.js";
import { normaliseMobile } from "./mobile.js";

/** Fields of a file of customers. */
export const CUSTOMER_FIELDS = [
  "customer_key",
  "name",
  "external_userid",
  "mobile",
  "email",
  "birthday",
  "city",
] as const;
export type CustomerField = (typeof CUSTOMER_FIELDS)[number];

export interface ImportCustomersOptions extends ImportFileOptions {
  /** Column names that differ from the fields'. */
  readonly names?: ColumnNames<CustomerField> | undefined;
}

/** What an import of customers did. */
export interface CustomerImportAnswer {
  /** Customers; `rejected` counts lines. */
  readonly customers: ImportCounts;
  /** Lines of data in the file. */
  readonly lines: number;
  /** Rejected lines. */
  readonly rejects: number;
  /** Where they are; null without any. */
  readonly rejects_file: string | null;
}

/** A customer as told by one or more lines, or a line that is wrong. */
type StagedCustomer =
  | { readonly kind: "customer"; readonly input: CustomerInput; readonly lines: readonly StagedLine[] }
  | { readonly kind: "rejected"; readonly line: RejectedLine };

/**
 * Imports a CSV file of customers, packed or not. Blank cells leave what is known; of several lines of one customer the later wins.
 *
 * @throws {RecallKitError} `import.…` for the file as a whole, with nothing taken; the reason of `signal`
 */
export async function importCustomers(
  kit: TenantKit,
  file: string,
  options: ImportCustomersOptions = {},
): Promise<CustomerImportAnswer> {
  const { names = {}, signal } = options;
  return withStagedFile(file, options, async ({ header, rows }, staging) => {
    const columns = findColumns(header, CUSTOMER_FIELDS, { names, required: ["customer_key"] });
    const read = customerReader(columns, header.length, options.externalUserIdPrefix);
    let lines = 0;
    for await (const { line, cells } of rows) {
      lines += 1;
      await staging.add({ key: columns.cell(cells, "customer_key").normalize("NFC"), line, cells });
    }
    const total = await staging.countKeys();
    const { rejected, inserted, updated, unchanged } = await kit.customers.upsert(
      inputsOf(stagedCustomers(staging, read)),
      {
        strict: true,
        onProgress: ({ rows: done }) => options.onProgress?.({ phase: "import", done, total }),
        ...(signal && { signal }),
      },
    );
    const bad = await countLines(rejectedLines(stagedCustomers(staging, read), rejected));
    const customers = { inserted, updated, unchanged, rejected: bad };
    if (bad === 0) return { customers, lines, rejects: 0, rejects_file: null };
    const written = await writeRejects(file, options, header, rejectedLines(stagedCustomers(staging, read), rejected));
    return { customers, lines, rejects: written.count, rejects_file: written.path };
  });
}

type ReadCustomer = (cells: readonly string[]) => CustomerInput | LineFault;

function customerReader(columns: FoundColumns<CustomerField>, width: number, prefix: string | undefined): ReadCustomer {
  return (cells) => {
    const cell = (field: CustomerField) => columns.cell(cells, field) || undefined;
    if (cells.length < width || cells.slice(width).some((extra) => extra !== "")) {
      return { path: "", code: "line.columns", message: `has ${cells.length} cells, the header has ${width}` };
    }
    const externalKey = cell("customer_key");
    if (externalKey === undefined) return { path: "customer_key", code: "customer.missing", message: "is blank" };
    const mobile = cell("mobile");
    const e164 = mobile === undefined ? undefined : normaliseMobile(mobile);
    if (mobile !== undefined && e164 === undefined) {
      return {
        path: "mobile",
        code: "mobile.invalid",
        message: "is no phone number; foreign ones begin with + and the country",
      };
    }
    return {
      externalKey,
      name: cell("name"),
      externalUserId: cell("external_userid") ?? (prefix === undefined ? undefined : prefix + externalKey),
      mobile: e164,
      email: cell("email"),
      bornOn: cell("birthday"),
      city: cell("city"),
    };
  };
}

async function* stagedCustomers(staging: LineStaging, read: ReadCustomer): AsyncGenerator<StagedCustomer> {
  let open: { input: CustomerInput; lines: StagedLine[] } | undefined;
  for await (const staged of staging.lines()) {
    const { key, line, cells } = staged;
    if (open && open.lines[0]?.key !== key) {
      yield { kind: "customer", ...open };
      open = undefined;
    }
    const found = read(cells);
    if (isFault(found)) yield { kind: "rejected", line: { line, cells, fault: found } };
    else {
      open ??= { input: found, lines: [] };
      open.input = { ...open.input, ...given(found) };
      open.lines.push(staged);
    }
  }
  if (open) yield { kind: "customer", ...open };
}

/** Without the fields that the line leaves blank. */
function given({ externalKey, ...facts }: CustomerInput): CustomerInput {
  return { externalKey, ...Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) };
}

async function* inputsOf(customers: AsyncIterable<StagedCustomer>): AsyncGenerator<CustomerInput> {
  for await (const customer of customers) if (customer.kind === "customer") yield customer.input;
}

/** Paths of the kit by the file's field. */
const FIELD_OF: Readonly<Record<string, CustomerField>> = {
  externalKey: "customer_key",
  externalUserId: "external_userid",
  bornOn: "birthday",
};

async function* rejectedLines(
  customers: AsyncIterable<StagedCustomer>,
  refused: readonly RowRejection[],
): AsyncGenerator<readonly RejectedLine[]> {
  const faults = new Map(refused.map((one) => [one.index, one]));
  let index = -1;
  for await (const customer of customers) {
    if (customer.kind === "rejected") {
      yield [customer.line];
      continue;
    }
    index += 1;
    const fault = faults.get(index);
    if (!fault) continue;
    const { path, code, message } = fault;
    yield customer.lines.map(({ line, cells }) => ({
      line,
      cells,
      fault: { path: FIELD_OF[path] ?? path, code, message },
    }));
  }
}

async function countLines(groups: AsyncIterable<readonly unknown[]>): Promise<number> {
  let count = 0;
  for await (const group of groups) count += group.length;
  return count;
}
