import { chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { folderOf, newFolder, type PrivateServer, start, unprivileged } from "./private-server.ts";

/** How a pooler hands its connections out. */
export type PoolMode = "session" | "transaction" | "statement";

/**
 * Starts a private pgbouncer in front of a PostgreSQL server, with few connections so that its clients share them.
 *
 * @param target where PostgreSQL is
 * @returns undefined where pgbouncer is not installed
 */
export async function startPgbouncer(target: string, mode: PoolMode): Promise<PrivateServer | undefined> {
  const binaries = folderOf(["pgbouncer"]);
  if (binaries === undefined) return undefined;
  const { hostname, port: targetPort, username, password, pathname } = new URL(target);
  const folder = newFolder("pgbouncer");
  const port = await freePort();
  const file = join(folder, "pgbouncer.ini");
  const login = password === "" ? "" : ` password=${decodeURIComponent(password)}`;
  writeFileSync(
    file,
    `[databases]
* = host=${hostname} port=${targetPort || "5432"} user=${username}${login}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
default_pool_size = ${mode === "session" ? 20 : 4}
max_client_conn = 200
logfile = ${join(folder, "pgbouncer.log")}
`,
  );
  const owner = unprivileged();
  if (owner) chownSync(file, owner.uid, owner.gid);
  return start({
    name: "pgbouncer",
    command: join(binaries, "pgbouncer"),
    args: [file],
    port,
    folder,
    endSignal: "SIGINT",
    url: `postgres://${username}@127.0.0.1:${port}${pathname}`,
  });
}
