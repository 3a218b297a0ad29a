import { ConfigError } from "@recallkit/core";
import type { Connection as DriverConnection } from "mysql2/promise";

// Quoted names as in standard SQL, and no silent change of values. A backslash still escapes, which the driver relies on.
// At this isolation reads lock nothing unless they say so, and a write keeps no lock on rows and gaps that it passed over.
const NEEDED: Readonly<Record<string, string | number>> = {
  sql_mode: "ANSI_QUOTES,STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ENGINE_SUBSTITUTION",
  // The one is MySQL's name, the other that of MariaDB before 11.1.
  transaction_isolation: "READ-COMMITTED",
  tx_isolation: "READ-COMMITTED",
  innodb_lock_wait_timeout: 5,
  autocommit: 1,
  completion_type: "NO_CHAIN",
  sql_safe_updates: 0,
  sql_select_limit: "18446744073709551615",
  // A segment of many conditions is a join of many tables. To weigh every order of them, 62 deep as by default, had no end
  // after half an hour at sixteen conditions over 24 people; the server's own choice (0) takes ten seconds at twenty.
  optimizer_search_depth: 3,
};
/** A transaction under way has these from its beginning; autocommit would even end it. */
const OF_TRANSACTIONS = new Set(["transaction_isolation", "tx_isolation", "autocommit", "completion_type"]);
/** What the server's own words stand for. */
const SPELLINGS: Readonly<Record<string, string>> = { ON: "1", OFF: "0" };

/** Sets what our statements rely on, on connections of one server. */
export interface SessionSettings {
  /** For connections that are ours alone: sets everything, to stay. */
  keep(connection: DriverConnection): Promise<void>;
  /**
   * For a connection of the host: sets what differs and gives a function that puts it back.
   *
   * One statement when nothing differs, else one more here and one when it is put back.
   *
   * @param place `isInTransaction`: the host has begun one, so that what would end it or has no effect on it stays as it is
   * @throws {ConfigError} `config.invalid` for a pool whose connections do not speak UTF-8 or count written rows otherwise
   */
  borrow(connection: DriverConnection, place?: { readonly isInTransaction?: boolean }): Promise<() => Promise<void>>;
}

/** Settings of sessions; which of them the server knows is asked once. */
export function sessionSettings(): SessionSettings {
  let known: Promise<readonly string[]> | undefined;
  const knownOn = (connection: DriverConnection) => {
    known ??= namesOn(connection).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };

  return {
    async keep(connection) {
      await set(connection, Object.fromEntries((await knownOn(connection)).map((name) => [name, NEEDED[name]])));
    },
    async borrow(connection, { isInTransaction = false } = {}) {
      assertCountsMatches(connection);
      const names = (await knownOn(connection)).filter((name) => !isInTransaction || !OF_TRANSACTIONS.has(name));
      const found = await read(connection, names);
      const changed = Object.fromEntries(
        Object.entries(found).filter(([name, value]) => spelled(value) !== spelled(NEEDED[name])),
      );
      if (Object.keys(changed).length === 0) return async () => {};
      await set(connection, Object.fromEntries(Object.keys(changed).map((name) => [name, NEEDED[name]])));
      return () => set(connection, changed);
    },
  };
}

async function namesOn(connection: DriverConnection): Promise<readonly string[]> {
  const list = Object.keys(NEEDED).map((name) => `'${name}'`);
  const rows = await rowsOf(connection, `SHOW SESSION VARIABLES WHERE Variable_name IN (${list.join(", ")})`);
  const names = rows.map((row) => String(Array.isArray(row) ? row[0] : ""));
  return names.includes("transaction_isolation") ? names.filter((name) => name !== "tx_isolation") : names;
}

/** What each setting is; the host's charset is looked at on the way. */
async function read(connection: DriverConnection, names: readonly string[]): Promise<Record<string, unknown>> {
  const values = names.map((name) => `@@SESSION.${name}`);
  const [row] = await rowsOf(connection, `SELECT HEX('喵😺'), @@character_set_client, ${values.join(", ")}`);
  const [hex, charset, ...found] = Array.isArray(row) ? row : [];
  if (hex !== "E596B5F09F98BA" || charset !== "utf8mb4")
    throw new ConfigError("config.invalid", "pool", "the pool's charset must be utf8mb4");
  return Object.fromEntries(names.map((name, index) => [name, found[index]]));
}

async function set(connection: DriverConnection, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const list = Object.entries(settings).map(([name, value]) => `SESSION ${name} = ${literal(value)}`);
  await connection.query(`SET ${list.join(", ")}`);
}

function literal(value: unknown): string {
  const text = String(value);
  return /^\d+$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
}

function spelled(value: unknown): string {
  const text = String(value).toUpperCase();
  return SPELLINGS[text] ?? text.split(",").sort().join(",");
}

async function rowsOf(connection: DriverConnection, sql: string): Promise<readonly unknown[]> {
  // Whatever the host has told the driver about values.
  const [rows] = await connection.query({ sql, rowsAsArray: true, typeCast: (field) => field.string("utf-8") });
  return Array.isArray(rows) ? rows : [];
}

const FOUND_ROWS = 2;

/** An UPDATE has to tell the rows that it found, also those that had the value already. */
function assertCountsMatches({ config }: DriverConnection): void {
  // Set by the driver; its types leave it out.
  const flags: unknown = "clientFlags" in config ? config.clientFlags : undefined;
  if (typeof flags !== "number" || (flags & FOUND_ROWS) !== 0) return;
  throw new ConfigError("config.invalid", "pool", "the pool must be made without the flag -FOUND_ROWS");
}
