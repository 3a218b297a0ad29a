import { type PGlite, type Results, types } from "@electric-sql/pglite";
import {
  type Connection,
  encodeParameters,
  postgresHostParsers,
  postgresParsers,
  toPostgresError,
} from "@recallkit/storage-adapters/sql";
import { type BegunTransaction, begin } from "./pglite-transaction.js";

const STORE_PARSERS = Object.fromEntries(postgresParsers);
const HOST_PARSERS = Object.fromEntries(postgresHostParsers);
// As the stores expect them: 1n and 0n are truth values too, and a bigint travels as its digits.
const SERIALIZERS = { [types.INT8]: String, [types.INT4]: String, [types.INT2]: String, [types.NUMERIC]: String };

/** Joins are written in the order in which they are to be made; the setting ends with its transaction. */
export const SETTINGS = "SET LOCAL join_collapse_limit = 1";
/** With one join there is no order of joins, and the setting means nothing. */
const HAS_JOINS = /\bjoin\b.*\bjoin\b/is;

/**
 * The one connection of a PGlite, for one user at a time. While a transaction of the stores is open, other statements wait,
 * the application's own as well.
 *
 * @param onStatement told before each statement but BEGIN, COMMIT and settings
 */
export function pgliteConnection(database: PGlite, onStatement: () => void): Connection {
  let begun: BegunTransaction | undefined;

  const connection: Connection = {
    async run(sql, parameters = [], isHost = false) {
      onStatement();
      return translated(async () => {
        const values = isHost ? [...parameters] : encodeParameters(parameters);
        const parsers = isHost ? HOST_PARSERS : STORE_PARSERS;
        const options = { parsers, ...(!isHost && { serializers: SERIALIZERS }) };
        return resultOf(await (begun?.tx ?? database).query<Record<string, unknown>>(sql, values, options));
      });
    },
    async runAlone(sql, parameters, isHost) {
      if (isHost || !HAS_JOINS.test(sql)) return connection.run(sql, parameters, isHost);
      await connection.control("BEGIN");
      try {
        await connection.control(SETTINGS);
        const result = await connection.run(sql, parameters);
        await connection.control("COMMIT");
        return result;
      } catch (error) {
        await connection.control("ROLLBACK");
        throw error;
      }
    },
    control: (sql) =>
      translated(async () => {
        if (sql === "BEGIN") {
          begun = await begin(database);
          return [];
        }
        if (sql === "COMMIT" || sql === "ROLLBACK") {
          const ended = begun;
          begun = undefined;
          await ended?.end(sql);
          return [];
        }
        const results = await (begun?.tx ?? database).exec(sql);
        return results.at(-1)?.rows ?? [];
      }),
    // There is no other connection to take its place: PGlite runs in this process.
    abandon() {},
    release() {},
  };
  return connection;
}

function resultOf({ rows, fields, affectedRows }: Results<Record<string, unknown>>) {
  return { rows, ...((fields.length === 0 || affectedRows) && { changes: affectedRows ?? 0 }) };
}

async function translated<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toPostgresError(error);
  }
}
