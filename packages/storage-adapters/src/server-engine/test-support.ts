// What the tests of this folder share; not part of the package.
import type { Clock, Random } from "@recallkit/core";
import { sql } from "kysely";
import { onTestFinished } from "vitest";
import { mysqlStores } from "../mysql/mysql-stores.js";
import { mysqlUrl, newDatabase } from "../mysql/test-support.js";
import { postgresStores } from "../postgres/postgres-stores.js";
import { newSchema, postgresUrl } from "../postgres/test-support.js";
import type { SqlStores } from "../sql/sql-stores.js";

/** A database server that tests run on. */
export interface TestServer {
  readonly name: string;
  /** Tests are skipped without it. */
  readonly isThere: boolean;
  /** A database of its own; each call of what is returned opens it anew, as another process would. */
  place(): Promise<(timing?: Timing) => Promise<SqlStores>>;
  /** How many statements wait for a lock of another transaction. */
  waiting(stores: SqlStores): Promise<number>;
}

interface Timing {
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Schemas of the stores on PostgreSQL that are open, by their `sql`. */
const schemas = new WeakMap<object, string>();

/** Every database server. */
export const testServers: readonly TestServer[] = [
  {
    name: "PostgreSQL",
    isThere: postgresUrl !== "",
    async place() {
      const { drop, ...options } = newSchema();
      onTestFinished(drop);
      return async (timing) => {
        const stores = closedInTheEnd(await postgresStores({ ...options, migrate: true, ...timing }));
        schemas.set(stores.sql, options.schema);
        return stores;
      };
    },
    async waiting({ sql: db }) {
      // Only locks of tables of the schema at hand, since other tests use the same server.
      const { rows } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity
        where wait_event_type = 'Lock' and pid in (select pid from pg_locks as l join pg_class as c on c.oid = l.relation
          where c.relnamespace = to_regnamespace(${schemas.get(db)}))`.execute(db);
      return rows[0]?.n ?? 0;
    },
  },
  {
    name: "MariaDB",
    isThere: mysqlUrl !== "",
    async place() {
      const { url, create, drop } = newDatabase();
      await create();
      onTestFinished(drop);
      return async (timing) => closedInTheEnd(await mysqlStores({ url, migrate: true, ...timing }));
    },
    async waiting({ sql: db }) {
      const { rows } = await sql<{ n: number }>`select count(*) as n from information_schema.innodb_trx as t
        join information_schema.processlist as p on p.id = t.trx_mysql_thread_id
        where t.trx_state = 'LOCK WAIT' and p.db = database()`.execute(db);
      return rows[0]?.n ?? 0;
    },
  },
];

function closedInTheEnd(stores: SqlStores): SqlStores {
  onTestFinished(() => stores.close());
  return stores;
}

/** A promise that another part of a test fulfils. */
export function signal() {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}
