// Applications are killed at every point of a transaction that is theirs and ours; what others then find is whole.
import Libsql from "libsql";
import { createConnection } from "mysql2/promise";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { mysqlStores } from "../mysql/mysql-stores.js";
import { mysqlUrl, newDatabase } from "../mysql/test-support.js";
import { postgresStores } from "../postgres/postgres-stores.js";
import { newSchema, postgresUrl } from "../postgres/test-support.js";
import { sqliteStores } from "../sqlite/sqlite-stores.js";
import { newFile } from "../sqlite/test-support.js";
import { type OrderProcess, type OrderProgram, type OrderWork, startOrders } from "./order-process.js";

const KILLS = Number(process.env.KILLS ?? 6);
const TIMEOUT = { timeout: 60_000 + KILLS * 10_000 };

const CREATE = "CREATE TABLE host_orders (id INTEGER PRIMARY KEY)";
/** Both sides in one statement, so that nothing is committed between the two reads. */
const found = (schema = "", text = "TEXT") =>
  `SELECT CAST(id AS ${text}) AS number, 'theirs' AS whose FROM ${schema}host_orders
   UNION ALL SELECT external_id, 'ours' FROM ${schema}rk_orders`;

interface Engine {
  readonly engine: OrderProgram["engine"];
  readonly isThere: boolean;
  /** A migrated database with the application's table. */
  open(): Promise<{ readonly place: OrderProgram["place"]; rows(): Promise<readonly Found[]> }>;
}

interface Found {
  readonly number: string;
  readonly whose: "ours" | "theirs";
}

const engines: readonly Engine[] = [
  {
    engine: "SQLite",
    isThere: true,
    async open() {
      const place = { file: newFile() };
      await (await sqliteStores({ ...place, migrate: true })).close();
      // Opened anew each time: what the dead process left in its files is read as any next process reads it.
      const reopened = <T>(use: (database: Libsql.Database) => T): T => {
        const database = new Libsql(place.file);
        try {
          return use(database);
        } finally {
          database.close();
        }
      };
      reopened((database) => database.exec(CREATE));
      return { place, rows: async () => reopened((database) => database.prepare(found()).all() as Found[]) };
    },
  },
  {
    engine: "PostgreSQL",
    isThere: postgresUrl !== "",
    async open() {
      const { drop, ...place } = newSchema();
      onTestFinished(drop);
      await (await postgresStores({ ...place, migrate: true })).close();
      const pool = new pg.Pool({ connectionString: place.url });
      onTestFinished(() => pool.end());
      await pool.query(CREATE.replace("host_orders", `${place.schema}.host_orders`));
      return { place, rows: async () => (await pool.query<Found>(found(`${place.schema}.`))).rows };
    },
  },
  {
    engine: "MariaDB",
    isThere: mysqlUrl !== "",
    async open() {
      const { create, drop, url } = newDatabase();
      await create();
      onTestFinished(drop);
      await (await mysqlStores({ url, migrate: true })).close();
      const connection = await createConnection(url);
      onTestFinished(() => connection.end());
      await connection.query(CREATE);
      return { place: { url }, rows: async () => (await connection.query(found("", "CHAR")))[0] as Found[] };
    },
  },
];

/** Where it is killed: at a point where it stays, or right after it was there, and what must be found of that order. */
const POINTS: readonly { readonly point: string; readonly stays: boolean; readonly left: readonly number[] }[] = [
  { point: "host written", stays: true, left: [0] },
  { point: "ours begun", stays: false, left: [0, 2] },
  { point: "ours written", stays: true, left: [0] },
  { point: "commit begun", stays: false, left: [0, 2] },
  { point: "committed", stays: true, left: [2] },
];

/** Numbers of orders of which only one side is there. */
function halves(rows: readonly Found[]): string[] {
  return rows.map(({ number }) => number).filter((number, _, all) => all.indexOf(number) === all.lastIndexOf(number));
}

/** Kills one process after the other, each with numbers of its own; the next one is started meanwhile. */
async function killEach(
  program: OrderProgram,
  works: readonly { readonly work: OrderWork; readonly point: string }[],
  check: (index: number) => Promise<void>,
): Promise<void> {
  const alive = new Set<OrderProcess>();
  const start = () => {
    const started = startOrders(program);
    alive.add(started);
    return started;
  };
  onTestFinished(async () => {
    await Promise.all([...alive].map((one) => one.kill()));
  });
  let next: OrderProcess | undefined = start();
  for (const [index, { work, point }] of works.entries()) {
    const current: OrderProcess = next ?? start();
    next = index + 1 < works.length ? start() : undefined;
    await current.reaches(work, point);
    await current.kill();
    alive.delete(current);
    await check(index);
  }
}

const cases = engines.flatMap((engine) =>
  (["Kysely", "driver"] as const).map((by) => [`${engine.engine} by ${by}`, engine, by] as const),
);

describe.each(cases)("an application on %s", (_, { engine, isThere, open }, by) => {
  const run = isThere ? test : test.skip;

  run(`${KILLS} kills around both writes: both rows of an order are there, or neither`, TIMEOUT, async () => {
    const { place, rows } = await open();
    const kills = Array.from({ length: KILLS }, (_, kill) => {
      const { point, stays, left } = POINTS[kill % POINTS.length]!;
      // Spread evenly and the same in each run.
      const whole = Math.floor(((kill * 0.618034) % 1) * 3);
      return { work: { first: kill * 1_000, whole, ...(stays && { stay: point }) }, point, left };
    });
    await killEach({ engine, by, place }, kills, async (kill) => {
      const all = await rows();
      expect(halves(all)).toEqual([]);
      const { work, point, left } = kills[kill]!;
      const number = work.first + work.whole;
      expect(left, `killed at "${point}"`).toContain(all.filter((row) => row.number === String(number)).length);
      // What was committed before is there.
      for (let before = work.first; before < number; before++)
        expect(all.filter((row) => row.number === String(before))).toHaveLength(2);
    });
    // Nothing was committed by a server after it had been looked at.
    expect(halves(await rows())).toEqual([]);
  });

  if (by === "Kysely") return;
  run("without withTransaction either row is left alone", TIMEOUT, async () => {
    const { place, rows } = await open();
    const kills = [1_000, 2_001].map((first) => ({
      work: { first, whole: 0, stay: "one written" },
      point: "one written",
    }));
    await killEach({ engine, by, place, isNaive: true }, kills, async () => {});
    expect(await rows()).toEqual(
      expect.arrayContaining([
        { number: "1000", whose: "ours" },
        { number: "2001", whose: "theirs" },
      ]),
    );
    expect(halves(await rows())).toHaveLength(2);
  });
});
