import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { RecallKitError } from "@recallkit/core";
import * as z from "zod";
import type { AnalyticsStore, ProjectionTarget } from "../ports.js";
import { figuresStatement, orderRows, peopleRows, schemaOf, tablesIn, topItemsStatement } from "./statements.js";

/** Where a ClickHouse server is. */
export interface ClickhouseOptions {
  readonly host: string;
  /** Of its HTTP interface. */
  readonly port: number;
  /** Letters, digits and `_`; made when it is not there. */
  readonly database: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** How long an answer may take, ms. @default 30 000 */
  readonly timeoutMs?: number;
}

/** Numbers of 64 bits come as text. */
const number = z.coerce.number();
const figureRow = z.object({ tenant_id: number, orders: number, buyers: number, amount: number, refunded: number });
const itemRow = z.object({ tenant_id: number, code: z.string(), quantity: number, amount: number });

/**
 * Figures of orders in ClickHouse, over HTTP. Rows carry the revision of the ledger as their version, so that what comes twice or
 * late changes nothing.
 *
 * @throws {RecallKitError} `projection.unavailable`, retryable: the server is away or refuses
 */
export function clickhouse({
  host,
  port,
  database,
  username = "default",
  password = "",
  timeoutMs = 30_000,
}: ClickhouseOptions): ProjectionTarget & AnalyticsStore {
  const place = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const client = createClient({
    url: `http://${place}:${port}`,
    username,
    password,
    request_timeout: timeoutMs,
    // It would write statements and addresses to the console.
    log: { level: ClickHouseLogLevel.OFF },
    compression: { request: false, response: false },
  });
  const tables = tablesIn(database);
  const insert = async (table: string, values: readonly object[]) => {
    if (values.length > 0) await client.insert({ table, values: [...values], format: "JSONEachRow" });
  };
  const rows = async <S extends z.ZodType>(query: string, schema: S): Promise<z.output<S>[]> => {
    const result = await client.query({ query, format: "JSONEachRow" });
    return z.array(schema).parse(await result.json());
  };
  return {
    name: "clickhouse",
    prepare: () =>
      asked(async () => {
        for (const query of schemaOf(database)) await client.command({ query });
      }),
    clear: () =>
      asked(async () => {
        for (const table of Object.values(tables)) await client.command({ query: `TRUNCATE TABLE ${table}` });
      }),
    apply: (batch) =>
      asked(async () => {
        await insert(tables.people, peopleRows(batch));
        await insert(tables.orders, orderRows(batch));
      }),
    ping: () =>
      asked(async () => {
        const [row] = await rows("SELECT version() AS version", z.object({ version: z.string() }));
        return row?.version ?? "";
      }),
    close: () => client.close(),
    figures: (query) =>
      asked(async () =>
        (await rows(figuresStatement(tables, query), figureRow)).map((row) => {
          const { tenant_id: tenantId, orders, buyers, amount: amountMinor, refunded: refundedMinor } = row;
          return { tenantId, orders, buyers, amountMinor, refundedMinor };
        }),
      ),
    topItems: (query, limit) =>
      asked(async () =>
        (await rows(topItemsStatement(tables, query, limit), itemRow)).map((row) => {
          const { tenant_id: tenantId, code, quantity, amount: amountMinor } = row;
          return { tenantId, code, quantity, amountMinor };
        }),
      ),
  };
}

/** What went wrong may hold an address or a value: only that it did is told. */
async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new RecallKitError("projection.unavailable", "ClickHouse is away or refuses", { retryable: true, cause });
  }
}
