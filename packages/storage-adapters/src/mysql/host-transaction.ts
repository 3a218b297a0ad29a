import { RecallKitError } from "@recallkit/core";
import type { Connection as CallbackConnection, QueryOptions } from "mysql2";
import type { HostConnection, HostTransactions } from "../host/host-connection.js";
import { directLink } from "../host/host-link.js";
import { driverStatement, kyselyLink } from "../host/kysely-transaction.js";
import { foreign, notOpen } from "../host/transaction-errors.js";
import type { Connections, StatementResult } from "../server-engine/connection.js";
import type { TableNames } from "../sql/table-names.js";
import { boundParameters, OPTIONS, resultOf } from "./client-connection.js";
import { toStorageError } from "./error.js";
import { assertIsolation } from "./host-isolation.js";

/** Settings of a session that statements rely on, in a transaction too. */
const NEEDED: Readonly<Record<string, string>> = {
  sql_mode: "'ANSI_QUOTES,STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ENGINE_SUBSTITUTION'",
  innodb_lock_wait_timeout: "5",
  sql_safe_updates: "0",
  sql_select_limit: "18446744073709551615",
  optimizer_search_depth: "3",
};

/** What no two databases share. The statement shows also whether our reading of numbers and the charset are in force. */
const IDENTITY = "CONCAT_WS('|', @@hostname, @@port, @@datadir, DATABASE())";
const LOOK = `SELECT ${IDENTITY} AS identity, HEX('喵😺') AS letters, CAST(9007199254740991 AS DECIMAL(20,0)) AS number`;
const SETTINGS = `SELECT ${Object.keys(NEEDED).map((name) => `CAST(@@SESSION.${name} AS CHAR) AS ${name}`)}`;
const LETTERS = "E596B5F09F98BA";

/** Host transactions on MySQL and MariaDB: a Kysely `Transaction` over `mysql2`, or a connection of it, with promises or without. */
export function mysqlHostTransactions(
  connections: Connections,
  dialect: "mysql" | "mariadb",
  names: TableNames,
): HostTransactions {
  const identity = ownIdentity(connections);
  return {
    link(host) {
      const throughKysely = kyselyLink(host, {
        statement: (sql) => driverStatement(names.in(sql), { sql: names.in(sql), ...OPTIONS }),
        parameters: boundParameters,
        toError: (error) => toStorageError(error, names.isOwn),
      });
      if (throughKysely) return throughKysely;
      const core = "connection" in host && isConnection(host.connection) ? host.connection : host;
      if (isConnection(core)) return directLink(driverConnection(core, names));
      if ("getConnection" in host) throw notOpen("a pool has no transaction", "give the connection that it is open on");
      throw foreign("MySQL or MariaDB");
    },
    async assertOpen({ run }) {
      // Outside of a transaction a savepoint is gone as soon as it is set.
      await run("SAVEPOINT recallkit").catch(foreignSyntax);
      await run("RELEASE SAVEPOINT recallkit").catch((cause: unknown) => {
        throw notOpen("no transaction is open on the host's connection", "START TRANSACTION first", cause);
      });
      const [found = {}] = (await run(LOOK).catch(foreignSyntax)).rows;
      if (typeof found.number !== "number") throw foreign("MySQL or MariaDB through mysql2");
      if (found.identity !== (await identity())) throw foreign("this database");
      if (found.letters !== LETTERS) throw foreign("this database in utf8mb4");
      await assertIsolation(run, connections, dialect);
    },
    async enter(connection) {
      const [before = {}] = (await connection.run(SETTINGS)).rows;
      await set(connection, NEEDED);
      const names = Object.keys(NEEDED);
      return () => set(connection, Object.fromEntries(names.map((name) => [name, literal(String(before[name]))])));
    },
  };
}

function foreignSyntax(error: unknown): never {
  throw RecallKitError.is(error) && error.code === "storage.failed" ? foreign("MySQL or MariaDB", error) : error;
}

async function set({ run }: HostConnection, settings: Readonly<Record<string, string>>): Promise<void> {
  await run(`SET ${Object.entries(settings).map(([name, value]) => `SESSION ${name} = ${value}`)}`);
}

function literal(value: string): string {
  return /^\d+$/.test(value) ? value : `'${value}'`;
}

function ownIdentity(connections: Connections): () => Promise<unknown> {
  let own: Promise<unknown> | undefined;
  const ask = async () => {
    const connection = await connections.acquire();
    try {
      return (await connection.control(`SELECT ${IDENTITY} AS identity`))[0]?.identity;
    } finally {
      connection.release();
    }
  };
  return () => {
    own ??= ask().catch((error: unknown) => {
      own = undefined;
      throw error;
    });
    return own;
  };
}

function driverConnection(shared: CallbackConnection, names: TableNames): HostConnection {
  return {
    shared,
    methods: [
      { name: "query", meanwhile: "wait" },
      { name: "execute", meanwhile: "wait" },
    ],
    run: (sql, parameters = []) =>
      new Promise<StatementResult>((resolve, reject) => {
        const query: QueryOptions = { sql: names.in(sql), values: [...boundParameters(parameters)], ...OPTIONS };
        shared.query(query, (error, result) => {
          if (error) reject(toStorageError(error, names.isOwn));
          else resolve(resultOf(result));
        });
      }),
  };
}

function isConnection(host: unknown): host is CallbackConnection {
  return (
    typeof host === "object" &&
    host !== null &&
    "query" in host &&
    "execute" in host &&
    "beginTransaction" in host &&
    !("connection" in host && isConnection(host.connection))
  );
}
