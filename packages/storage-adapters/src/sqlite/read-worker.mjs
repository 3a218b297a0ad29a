// Thread of the worker reader: one connection of its own, one statement at a time, answers by request id.
// Plain JavaScript, because a thread starts from a file that no build step has to have touched.
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

/**
 * @typedef {null | bigint | number | string | Uint8Array} SqlValue
 * @typedef {{ id: number, sql: string, parameters: SqlValue[] } | "close"} Request
 */

/** @type {{ file: string, driver: "node" | "libsql" }} */
const { file, driver } = workerData;
const database = open();
// Waiting inside SQLite is harmless here: this thread has nothing else to do.
database.exec("PRAGMA busy_timeout = 1000");
database.exec("PRAGMA query_only = ON");

parentPort?.on("message", (/** @type {Request} */ request) => {
  if (request === "close") {
    database.close();
    parentPort?.close();
    return;
  }
  const { id, sql, parameters } = request;
  try {
    parentPort?.postMessage({ id, rows: database.all(sql, parameters) });
  } catch (error) {
    parentPort?.postMessage({ id, error: portable(error) });
  }
});

function open() {
  if (driver === "node") {
    const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
    const connection = new DatabaseSync(file);
    return {
      exec: (/** @type {string} */ sql) => connection.exec(sql),
      all: (/** @type {string} */ sql, /** @type {SqlValue[]} */ parameters) =>
        connection.prepare(sql).all(...parameters),
      close: () => connection.close(),
    };
  }
  const Database = createRequire(import.meta.url)("libsql");
  const connection = new Database(file);
  return {
    exec: (/** @type {string} */ sql) => connection.exec(sql),
    all: (/** @type {string} */ sql, /** @type {SqlValue[]} */ parameters) => connection.prepare(sql).all(parameters),
    close: () => connection.close(),
  };
}

/** An error loses its own fields on the way between threads; these are the ones that tell its class. */
function portable(/** @type {any} */ error) {
  return { message: error.message, code: error.code, errcode: error.errcode, rawCode: error.rawCode };
}
