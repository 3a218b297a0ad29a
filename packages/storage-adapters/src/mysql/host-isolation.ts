import { randomBytes } from "node:crypto";
import { StorageError } from "@recallkit/core";
import type { HostConnection } from "../host/host-connection.js";
import type { Connections } from "../server-engine/connection.js";

/** Kept in a transaction that has passed; it is gone with it. */
const PASSED = "recallkit_sees_others";

const PROBE = "host-transaction.";

type Run = HostConnection["run"];

/**
 * Asserts that a host's transaction sees what others have committed, or stumbles over it. Plain REPEATABLE READ does neither:
 * it would decide by an old state and write over a new one.
 *
 * What the session says is not enough, as `SET TRANSACTION` makes the next one another. So where it says REPEATABLE READ, the
 * transaction is asked for a row that another connection has committed just now; once for each transaction.
 *
 * @throws {StorageError} `transaction.isolation`
 */
export async function assertIsolation(run: Run, connections: Connections, engine: "mysql" | "mariadb"): Promise<void> {
  const level = await settingOf(run, ["transaction_isolation", "tx_isolation"]);
  if (level === "READ-UNCOMMITTED") throw refused("READ UNCOMMITTED");
  if (level !== "REPEATABLE-READ") return;
  // MariaDB then fails a write over what the transaction has not seen, as PostgreSQL does.
  if (engine === "mariadb" && /^(1|ON)$/.test(await settingOf(run, ["innodb_snapshot_isolation"]))) return;
  const hasPassed = await run(`RELEASE SAVEPOINT ${PASSED}`).then(
    () => true,
    () => false,
  );
  if (!hasPassed && !(await seesOthers(run, connections))) throw refused("REPEATABLE READ");
  await run(`SAVEPOINT ${PASSED}`);
}

/** The first of these settings that the server knows. */
async function settingOf(run: Run, names: readonly string[]): Promise<string> {
  const list = names.map((name) => `'${name}'`).join(", ");
  const { rows } = await run(`SHOW SESSION VARIABLES WHERE Variable_name IN (${list})`);
  return String(rows[0]?.Value ?? "");
}

async function seesOthers(run: Run, connections: Connections): Promise<boolean> {
  // From this read on a transaction that repeats its reads sees nothing new.
  await run("SELECT id FROM rk_tenants LIMIT 1");
  const name = `${PROBE}${randomBytes(8).toString("hex")}`;
  await onOwn(connections, "INSERT INTO rk_config (tenant_id, name, value) VALUES (0, ?, '')", name);
  const { rows } = await run("SELECT name FROM rk_config WHERE tenant_id = 0 AND name = ?", [name]);
  // A transaction that holds what it reads may be in the way; what stays is a row that nobody asks for.
  void onOwn(connections, "DELETE FROM rk_config WHERE tenant_id = 0 AND name = ?", name).catch(() => {});
  return rows.length > 0;
}

async function onOwn(connections: Connections, sql: string, name: string): Promise<void> {
  const connection = await connections.acquire();
  try {
    await connection.run(sql, [name]);
  } finally {
    connection.release();
  }
}

function refused(level: string): StorageError {
  return new StorageError("transaction.isolation", `the host's transaction is ${level}`, {
    hint: "begin it with SET TRANSACTION ISOLATION LEVEL READ COMMITTED before START TRANSACTION",
  });
}
