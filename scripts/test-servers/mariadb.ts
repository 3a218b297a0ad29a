import { join } from "node:path";
import type { Certificate } from "./certificate.ts";
import { freePort } from "./free-port.ts";
import { folderOf, newFolder, type PrivateServer, runOnce, start } from "./private-server.ts";

/**
 * Starts a private MariaDB from installed binaries; its user `root` has no password.
 *
 * @param tls with it connections may be over TLS, as well as in the clear
 * @returns undefined without binaries
 */
export async function startMariadb(tls?: Certificate): Promise<PrivateServer | undefined> {
  const servers = folderOf(["mariadbd"]);
  const tools = folderOf(["mariadb-install-db"]);
  if (servers === undefined || tools === undefined) return undefined;
  const folder = newFolder("mariadb");
  const data = join(folder, "data");
  // A server that starts takes `#sql…` files out of its temporary folder: those of the others, if they shared one.
  const temporary = `--tmpdir=${folder}`;
  runOnce(join(tools, "mariadb-install-db"), [
    "--no-defaults",
    temporary,
    `--datadir=${data}`,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
    "--skip-name-resolve",
  ]);
  const port = await freePort();
  return start({
    name: "MariaDB",
    command: join(servers, "mariadbd"),
    args: [
      "--no-defaults",
      `--datadir=${data}`,
      temporary,
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      `--socket=${join(folder, "mariadb.sock")}`,
      `--pid-file=${join(folder, "mariadb.pid")}`,
      "--skip-name-resolve",
      "--innodb-flush-log-at-trx-commit=2",
      "--max-connections=300",
      ...(tls ? [`--ssl-cert=${tls.certificate}`, `--ssl-key=${tls.key}`] : ["--skip-ssl"]),
    ],
    port,
    folder,
    endSignal: "SIGTERM",
    url: `mysql://root@127.0.0.1:${port}/`,
  });
}
