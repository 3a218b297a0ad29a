import { StorageError } from "@recallkit/core";
import type { Connection as DriverConnection, ResultSetHeader, TypeCastField } from "mysql2/promise";
import type { Connection, StatementResult } from "../server-engine/connection.js";
import { encodeHostParameters, encodeParameters, type SqlValue } from "../sql/parameters.js";
import type { TableNames } from "../sql/table-names.js";
import { toStorageError } from "./error.js";

/** What statements over a connection take beside it. */
export interface ClientParts {
  /** Told after each statement. */
  readonly observe: () => void;
  readonly names: TableNames;
}

/**
 * Our statements over an open connection of `mysql2`, whose session has the settings of `sessionSettings`. Options of the
 * host that change what the driver gives do not matter.
 *
 * @param giveBack what `release` does; `isBroken` when nobody knows the connection's state
 */
export function clientConnection(
  connection: DriverConnection,
  { observe, names }: ClientParts,
  giveBack: (isBroken: boolean) => void,
): Connection {
  let isBroken = false;
  const abandon = () => {
    isBroken = true;
  };
  async function query(sql: string, values: readonly (SqlValue | Buffer | Date)[], isHost = false) {
    try {
      const options = {
        ...OPTIONS,
        sql: names.in(sql),
        values: [...values],
        ...(isHost && { typeCast: hostTypeCast }),
      };
      const [rows] = await connection.query(options);
      return rows;
    } catch (error) {
      const translated = toStorageError(error, names.isOwn);
      if (translated.code === "storage.unavailable") abandon();
      throw translated;
    }
  }
  return {
    abandon,
    async control(sql) {
      const rows = await query(sql, []);
      return Array.isArray(rows) ? records(rows) : [];
    },
    async run(sql, parameters = [], isHost = false) {
      const encoded = isHost ? encodeHostParameters(parameters, isForDriver) : encodeParameters(parameters);
      try {
        return resultOf(await query(sql, encoded.map(bound), isHost));
      } finally {
        observe();
      }
    },
    release: () => giveBack(isBroken),
  };
}

/** What the driver gave for a statement. */
export function resultOf(given: unknown): StatementResult {
  if (Array.isArray(given)) return { rows: records(given) };
  // Whatever returns no rows gives a header.
  const { affectedRows, insertId } = given as ResultSetHeader;
  return { rows: [], changes: affectedRows, ...(insertId > 0 && { insertId }) };
}

/** Parameters as the driver takes them. */
export function boundParameters(parameters: readonly unknown[]): (SqlValue | Buffer | Date)[] {
  return encodeParameters(parameters).map(bound);
}

/** What the driver writes into the statement: digits, quoted text or X'…'. */
function bound(value: SqlValue | Date): SqlValue | Buffer | Date {
  if (typeof value === "bigint") return Number(value);
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

function records(rows: readonly unknown[]): readonly Record<string, unknown>[] {
  // A SELECT gives objects; arrays come only with an option that is not set.
  return rows as readonly Record<string, unknown>[];
}

/** What the driver writes by itself: an instant, in the time zone that the application has told it. */
function isForDriver(value: unknown): value is Date {
  return value instanceof Date;
}

/** The same for the application's own statements, where DECIMAL keeps its digits. */
function hostTypeCast(field: TypeCastField, next: () => unknown): unknown {
  return field.type === "NEWDECIMAL" || field.type === "DECIMAL" ? field.string("utf-8") : typeCast(field, next);
}

/** Numbers come as numbers; what does not fit is an error and no other number. */
function typeCast(field: TypeCastField, next: () => unknown): unknown {
  if (field.type !== "LONGLONG" && field.type !== "NEWDECIMAL" && field.type !== "DECIMAL") return next();
  const text = field.string("utf-8");
  if (text === null) return null;
  const value = Number(text);
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  throw new StorageError("storage.value-out-of-range", "an integer beyond 2^53 - 1 was read");
}

/** Options of a statement, whatever the host has told the driver. */
export const OPTIONS = { typeCast, rowsAsArray: false, nestTables: false } as const;
