import { StorageError } from "@recallkit/core";
import type { ClientBase } from "pg";
import type { Connection } from "../server-engine/connection.js";
import { encodeHostParameters, encodeParameters } from "../sql/parameters.js";
import type { TableNames } from "../sql/table-names.js";
import { toStorageError } from "./error.js";
import { postgresHostParsers, postgresParsers } from "./values.js";

/** What statements over a client take beside it. */
export interface ClientParts {
  /** Told after each statement: its text and the rows that it wrote. */
  readonly observe: (sql: string, changes: number) => void;
  readonly names: TableNames;
}

// Joins are written in the order in which they are to be made. Nothing of this outlives the transaction, whoever has the
// connection next.
const SETTINGS = [
  "SET LOCAL lock_timeout = 5000",
  "SET LOCAL join_collapse_limit = 1",
  "SET LOCAL idle_in_transaction_session_timeout = 60000",
].join("; ");

/** What begins a transaction, as one message: settings that hold in it and end with it. */
export function beginning(isolation: "read-committed" | "serializable"): string {
  const level = isolation === "serializable" ? "SERIALIZABLE" : "READ COMMITTED";
  return `BEGIN ISOLATION LEVEL ${level} READ WRITE; ${SETTINGS}`;
}

/**
 * Our statements over an open client of `pg`. It is left as it was found: nothing is set beyond a transaction, no statement
 * is prepared by name, and what the host has told the driver about types does not matter.
 *
 * @param giveBack what `release` does; `isBroken` when nobody knows the client's state
 */
export function clientConnection(
  client: ClientBase,
  { observe, names }: ClientParts,
  giveBack: (isBroken: boolean) => void,
): Connection {
  let isBroken = false;
  const abandon = () => {
    isBroken = true;
  };
  client.on("error", abandon);
  const failed = (error: unknown) => {
    const translated = toStorageError(error, names.isOwn);
    if (translated.code === "storage.unavailable") abandon();
    return translated;
  };
  const connection = {
    abandon,
    async control(sql: string) {
      try {
        // Several statements in one text give a list of results.
        const result: { readonly rows?: readonly Record<string, unknown>[] } = await client.query(names.in(sql));
        return result.rows ?? [];
      } catch (error) {
        throw failed(error);
      }
    },
    async run(sql: string, parameters: readonly unknown[] = [], isHost = false) {
      const encoded = isHost ? encodeHostParameters(parameters, isForDriver) : encodeParameters(parameters);
      const values = encoded.map((value) => (typeof value === "bigint" ? String(value) : value));
      const types = isHost ? hostTypes(client) : TYPES;
      let changes = 0;
      try {
        const { rows, rowCount, command } = await client.query({ text: names.in(sql), values, types });
        changes = rowCount ?? 0;
        return { rows, ...(command !== "SELECT" && { changes }) };
      } catch (error) {
        throw failed(error);
      } finally {
        observe(sql, changes);
      }
    },
    async runAlone(sql: string, parameters: readonly unknown[] = [], isHost = false) {
      if (isHost || !needsSettings(sql)) return connection.run(sql, parameters, isHost);
      await connection.control(beginning("read-committed"));
      try {
        const result = await connection.run(sql, parameters);
        await connection.control("COMMIT");
        return result;
      } catch (error) {
        await connection.control("ROLLBACK").catch(abandon);
        throw error;
      }
    },
    release() {
      // What the server says of a broken one comes later, and would end the process.
      if (!isBroken) client.off("error", abandon);
      giveBack(isBroken);
    },
  };
  return connection;
}

/** Writes wait for locks, and joins are made in some order; a plain read is the same under any settings. */
function needsSettings(sql: string): boolean {
  return /^\s*(?:insert|update|delete|with)\b/i.test(sql) || (/^\s*select\b/i.test(sql) && /\bjoin\b/i.test(sql));
}

/** What values become, whatever the host has told the driver: numbers as numbers, bytes as bytes, the rest as text. */
export const TYPES = {
  getTypeParser(oid: number, format?: string) {
    if (format === "binary") throw new StorageError("storage.failed", "rows in binary form are not asked for");
    return postgresParsers.get(oid) ?? String;
  },
};

/** What `pg` binds by itself: truth values, instants, lists as arrays, other objects as JSON. */
function isForDriver(value: unknown): value is boolean | object {
  return typeof value === "boolean" || (typeof value === "object" && value !== null && !(value instanceof Uint8Array));
}

/** As the application has told the driver, but numbers of the stores' kinds are numbers; NUMERIC keeps its digits. */
function hostTypes(client: ClientBase) {
  return {
    getTypeParser(oid: number, format?: "text" | "binary"): (text: string) => unknown {
      return postgresHostParsers.get(oid) ?? client.getTypeParser(oid, format);
    },
  };
}
