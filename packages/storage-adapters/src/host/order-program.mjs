// An application that keeps orders of its own and tells RecallKit of them, over and over until it is killed. Says
// "<number> <point>" whenever it comes to a point; at the one that it is told it stays for ever.
import { createInterface } from "node:readline";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { Kysely, MysqlDialect, PostgresDialect, SqliteDialect, sql } from "kysely";

const INSERT = "INSERT INTO host_orders (id) VALUES ";
const READ_COMMITTED = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";

/** What a Kysely of the application does. */
function kyselyHost(dialect, isolation) {
  const db = new Kysely({ dialect });
  return {
    async begin() {
      const building = db.startTransaction();
      const handle = await (isolation ? building.setIsolationLevel(isolation) : building).execute();
      return {
        handle,
        write: (number) => sql.raw(`${INSERT}(${number})`).execute(handle),
        commit: () => handle.commit().execute(),
      };
    },
  };
}

/** What an application does with a driver alone. */
function driverHost(handle, run, before = []) {
  return {
    async begin() {
      for (const statement of [...before, "BEGIN"]) await run(statement);
      return { handle, write: (number) => run(`${INSERT}(${number})`), commit: () => run("COMMIT") };
    },
  };
}

// Only what is used is loaded: a hundred processes are started one after the other.
const engines = {
  async SQLite({ file }) {
    const { sqliteStores } = await import("../../dist/sqlite/index.js");
    const { default: Libsql } = await import("libsql");
    return {
      stores: () => sqliteStores({ file }),
      Kysely: () => kyselyHost(new SqliteDialect({ database: new Libsql(file) })),
      driver() {
        const handle = new Libsql(file);
        return driverHost(handle, async (statement) => handle.exec(statement));
      },
    };
  },
  async PostgreSQL({ url, schema }) {
    const { postgresStores } = await import("../../dist/postgres/index.js");
    const { default: pg } = await import("pg");
    const config = { connectionString: url, options: `-c search_path=${schema}` };
    return {
      stores: () => postgresStores({ url, schema }),
      Kysely: () => kyselyHost(new PostgresDialect({ pool: new pg.Pool(config) })),
      async driver() {
        const client = new pg.Client(config);
        await client.connect();
        return driverHost(client, (statement) => client.query(statement));
      },
    };
  },
  async MariaDB({ url }) {
    const { mysqlStores } = await import("../../dist/mysql/index.js");
    const { createConnection, createPool } = await import("mysql2");
    const config = { uri: url, charset: "utf8mb4" };
    return {
      stores: () => mysqlStores({ url }),
      Kysely: () => kyselyHost(new MysqlDialect({ pool: createPool(config) }), "read committed"),
      driver() {
        const connection = createConnection(config).promise();
        return driverHost(connection, (statement) => connection.query(statement), [READ_COMMITTED]);
      },
    };
  },
};

const { engine, by, place, isNaive } = JSON.parse(process.argv[2]);
const at = await engines[engine](place);
const kit = createRecallKit({ stores: await at.stores(), logger: silentLogger });
const host = await at[by]();

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
process.stdout.write("ready\n");
const { first, whole, stay } = JSON.parse((await lines.next()).value);

async function reach(number, point) {
  process.stdout.write(`${number} ${point}\n`);
  if (number === first + whole && point === stay) await new Promise(() => {});
}

const row = (number) => ({
  externalId: String(number),
  externalKey: `p${number % 7}`,
  orderedAt: 1_700_000_000_000 + number,
  lines: [{ sku: "cat-food", amount: 10 }],
});

async function together(number) {
  const { handle, write, commit } = await host.begin();
  await write(number);
  await reach(number, "host written");
  await reach(number, "ours begun");
  await kit.withTransaction(handle).orders.ingest([row(number)], { source: "shop" });
  await reach(number, "ours written");
  await reach(number, "commit begun");
  await commit();
  await reach(number, "committed");
}

/** Ours goes its own way, in whichever order. */
async function apart(number) {
  const ours = () => kit.orders.ingest([row(number)], { source: "shop" });
  const theirs = async () => {
    const { write, commit } = await host.begin();
    await write(number);
    await commit();
  };
  for (const write of number % 2 === 0 ? [ours, theirs] : [theirs, ours]) {
    await write();
    await reach(number, "one written");
  }
}

for (let number = first; ; number++) await (isNaive ? apart(number) : together(number));
