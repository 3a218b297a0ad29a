import { randomBytes } from "node:crypto";
import { systemClock } from "@recallkit/core";
import type { WakeUps } from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Client } from "pg";

const RECONNECT_MS = 5000;
const CONNECT_MS = 10_000;

/** Wake-ups by NOTIFY, heard on a connection of its own. Behind a pooler nothing is heard, and polling finds the work. */
export function postgresWakeUps<DB>(
  db: Kysely<DB>,
  { url, schema }: { readonly url: string; readonly schema: string },
): WakeUps {
  const name = `recallkit_wake_${schema}`.slice(0, 63);
  // Tells this process's own announcements from those of others.
  const own = randomBytes(8).toString("hex");

  return {
    async announce() {
      try {
        await sql`select pg_notify(${name}, ${own})`.execute(db);
      } catch {
        // The others poll.
      }
    },
    async listen(onAnnounced) {
      const closing = new AbortController();
      let client: Client | undefined;
      const connect = async () => {
        const { Client: PgClient } = (await import("pg")).default;
        const made: Client = new PgClient({
          connectionString: url,
          keepAlive: true,
          connectionTimeoutMillis: CONNECT_MS,
        });
        const ended = new Promise<void>((resolve) => made.once("end", resolve));
        made.on("error", () => {});
        made.on("notification", ({ payload }) => {
          if (payload !== own) onAnnounced();
        });
        await made.connect();
        client = made;
        // A client that connects cannot be ended; whoever closed meanwhile waits for this.
        if (closing.signal.aborted) {
          await made.end();
          return;
        }
        if (await isPooled(made)) {
          // LISTEN would stay on a connection that others get next.
          process.emitWarning("behind a pooler no wake-ups are heard; work is found by polling", {
            code: "RECALLKIT_POOLER",
          });
          closing.abort();
          await made.end();
          return;
        }
        await made.query(`LISTEN ${name}`);
        // Whatever was announced while nobody listened.
        onAnnounced();
        await ended;
      };
      const listening = (async () => {
        while (!closing.signal.aborted) {
          await connect().catch(() => client?.end().catch(() => {}));
          client = undefined;
          if (!closing.signal.aborted) await systemClock.sleep(RECONNECT_MS, closing.signal);
        }
      })();
      return {
        async close() {
          closing.abort();
          await client?.end().catch(() => {});
          await listening;
        },
      };
    },
  };
}

/** A pooler numbers its own connections, and not as the server does. */
async function isPooled(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid()::int as pid");
  return (
    "processID" in client && typeof client.processID === "number" && String(rows[0]?.pid) !== String(client.processID)
  );
}
