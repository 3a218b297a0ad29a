import { StorageError } from "@recallkit/core";
import type { ClientBase, QueryConfig } from "pg";
import type { HostConnection, HostLink, HostTransactions } from "../host/host-connection.js";
import { directLink } from "../host/host-link.js";
import { driverStatement, kyselyLink } from "../host/kysely-transaction.js";
import { foreign, notOpen } from "../host/transaction-errors.js";
import type { Connections } from "../server-engine/connection.js";
import { encodeParameters, type SqlValue } from "../sql/parameters.js";
import type { TableNames } from "../sql/table-names.js";
import { TYPES } from "./client-connection.js";
import { toStorageError } from "./error.js";

/** An OID and an instant that no two databases share. */
const IDENTITY = `(SELECT oid::text FROM pg_database WHERE datname = current_database())
  || '@' || extract(epoch FROM pg_postmaster_start_time())::text`;

// As on our own connections, and read beforehand; the third is told from text by our reading alone.
const ENTER = `WITH was AS MATERIALIZED (SELECT current_setting('join_collapse_limit') AS collapse, current_setting('lock_timeout') AS lock)
  SELECT collapse, lock, ${IDENTITY} AS identity, 9007199254740991::int8 AS number,
    set_config('join_collapse_limit', '1', true), set_config('lock_timeout', '5000', true) FROM was`;
const LEAVE = "SELECT set_config('join_collapse_limit', $1, true), set_config('lock_timeout', $2, true)";

/** Host transactions on PostgreSQL: a Kysely `Transaction` over `pg`, a `Client` or a `PoolClient`. */
export function postgresHostTransactions(connections: Connections, names: TableNames): HostTransactions {
  const identity = identityOf(connections);
  const link = (host: object): HostLink => {
    const throughKysely = kyselyLink(host, {
      statement: (sql) => driverStatement(names.in(sql), { text: names.in(sql), types: TYPES }),
      parameters: encoded,
      toError: (error) => toHostError(error, names),
    });
    if (throughKysely) return throughKysely;
    if (isClient(host)) return directLink(hostClient(host, names));
    if ("totalCount" in host && "connect" in host)
      throw notOpen("a pool has no transaction", "give the client that it is open on");
    throw foreign("PostgreSQL");
  };
  return {
    link,
    async enter({ run }) {
      const { rows } = await run(ENTER).catch((error: unknown) => {
        throw toStorageError(error).code === "storage.failed" ? foreign("PostgreSQL", error) : error;
      });
      const [row] = rows;
      if (typeof row?.number !== "number") throw foreign("PostgreSQL through pg");
      if (!(await identity(String(row.identity)))) throw foreign("this database");
      return async () => {
        await run(LEAVE, [String(row.collapse), String(row.lock)]);
      };
    },
  };
}

/** Compares with the stores' own database, asked again when it differs: a server that was started anew is another instant. */
function identityOf(connections: Connections): (other: string) => Promise<boolean> {
  let own: string | undefined;
  return async (other) => {
    if (own !== other) {
      const connection = await connections.acquire();
      try {
        own = String((await connection.control(`SELECT ${IDENTITY} AS identity`))[0]?.identity);
      } finally {
        connection.release();
      }
    }
    return own === other;
  };
}

function hostClient(client: ClientBase, names: TableNames): HostConnection {
  return {
    shared: client,
    methods: [{ name: "query", meanwhile: "wait" }],
    async run(sql, parameters = []) {
      const query: QueryConfig = { text: names.in(sql), values: encoded(parameters), types: TYPES };
      try {
        const { rows, rowCount, command } = await client.query<Record<string, unknown>>(query);
        return { rows, ...(command !== "SELECT" && { changes: rowCount ?? 0 }) };
      } catch (error) {
        throw toHostError(error, names);
      }
    },
  };
}

function encoded(parameters: readonly unknown[]): SqlValue[] {
  return encodeParameters(parameters).map((value) => (typeof value === "bigint" ? String(value) : value));
}

// Codes: https://www.postgresql.org/docs/15/errcodes-appendix.html
function toHostError(error: unknown, names: TableNames): unknown {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  if (code === "25P01") return notOpen("no transaction is open on the host's connection", "BEGIN first", error);
  if (code === "25P02") {
    return new StorageError("transaction.aborted", "an earlier statement of the host's transaction has failed", {
      hint: "roll it back, or go back to a savepoint",
      cause: error,
    });
  }
  return toStorageError(error, names.isOwn);
}

function isClient(host: object): host is ClientBase {
  return "query" in host && typeof host.query === "function" && "escapeIdentifier" in host;
}
