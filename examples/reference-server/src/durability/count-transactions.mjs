// Preloaded into a server that is measured: counts its transactions and those that the database undid because another was in
// the way. On SIGUSR2 the counts go to the file TRANSACTION_COUNTS.<pid>.
import { writeFileSync } from "node:fs";
import mysql from "mysql2/promise";
import pg from "pg";

const IN_THE_WAY = new Set(["40001", "40P01", "55P03", 1205, 1213, 1020]);
const counts = { begun: 0, undone: 0 };

/** @param {{ query: (...args: any[]) => any }} prototype */
function count(prototype) {
  const { query } = prototype;
  prototype.query = function counted(/** @type {any} */ statement, /** @type {any[]} */ ...rest) {
    const text = typeof statement === "string" ? statement : (statement.text ?? statement.sql ?? "");
    if (/^(BEGIN|START TRANSACTION)/.test(text)) counts.begun++;
    const answer = query.call(this, statement, ...rest);
    answer?.then?.(undefined, (/** @type {any} */ error) => {
      if (IN_THE_WAY.has(error.code) || IN_THE_WAY.has(error.errno)) counts.undone++;
    });
    return answer;
  };
}

count(pg.Client.prototype);
count(/** @type {any} */ (mysql).PromisePoolConnection.prototype);
process.on("SIGUSR2", () => {
  writeFileSync(`${process.env.TRANSACTION_COUNTS}.${process.pid}`, JSON.stringify(counts));
});
