import { createConnection } from "mysql2/promise";
import pg from "pg";

/** Transactions since the server was started, by its own count. */
export interface TransactionCount {
  /** Committed or rolled back; PostgreSQL counts lone statements too. */
  readonly ended: number;
  /** Rolled back. */
  readonly undone: number;
}

/** Asks a PostgreSQL or MariaDB server. */
export async function transactionsOf(url: string): Promise<TransactionCount> {
  if (url.startsWith("postgres")) {
    const place = new URL(url);
    place.search = "";
    const client = new pg.Client({ connectionString: place.href });
    await client.connect();
    const { rows } = await client.query(
      "SELECT xact_commit + xact_rollback AS ended, xact_rollback AS undone FROM pg_stat_database WHERE datname = current_database()",
    );
    await client.end();
    return { ended: Number(rows[0]?.ended), undone: Number(rows[0]?.undone) };
  }
  const connection = await createConnection(url);
  const [rows] = await connection.query("SHOW GLOBAL STATUS WHERE variable_name IN ('Com_commit', 'Com_rollback')");
  await connection.end();
  const counts = new Map((rows as { Variable_name: string; Value: string }[]).map((row) => [row.Variable_name, row.Value]));
  const undone = Number(counts.get("Com_rollback"));
  return { ended: Number(counts.get("Com_commit")) + undone, undone };
}
