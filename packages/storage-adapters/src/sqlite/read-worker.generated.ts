// Written by `npm run docs` from read-worker.mjs, which is checked as what it is: code.

/** Program of the reading thread, in CommonJS form. */
export const READ_WORKER = `// Thread of the worker reader: one connection of its own, one statement at a time, answers by request id.
// It is started from its text (read-worker.generated.ts, written by \`npm run docs\`), so that a bundle of a host needs no
// file beside it. Hence plain JavaScript without imports and exports, which runs as a script and as a module.

/**
 * @typedef {null | bigint | number | string | Uint8Array} SqlValue
 * @typedef {{ id: number, sql: string, parameters: SqlValue[] } | "close"} Request
 */

const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
/** @type {{ file: string, driver: "node" | "libsql", driverPath?: string }} */
const { file, driver, driverPath = "libsql" } = workerData;
const database = open();
// Waiting inside SQLite is harmless here: this thread has nothing else to do.
database.exec("PRAGMA busy_timeout = 1000");
database.exec("PRAGMA query_only = ON");
// In KiB: what is counted here looks up orders and people all over the file.
database.exec("PRAGMA cache_size = -32768");

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
  // Found by the thread that started this one: text has no place from which a package could be looked for.
  const Database = process.getBuiltinModule("node:module").createRequire(driverPath)(driverPath);
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
`;
