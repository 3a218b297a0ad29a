import { join } from "node:path";
import type { Certificate } from "./certificate.ts";
import { freePort } from "./free-port.ts";
import { endsWell, folderOf, newFolder, type PrivateServer, runOnce, start, versionsIn } from "./private-server.ts";

/**
 * Starts a private PostgreSQL from installed binaries.
 *
 * @param tls with it connections may be over TLS, as well as in the clear
 * @returns undefined where there are none
 */
export async function startPostgres(tls?: Certificate): Promise<PrivateServer | undefined> {
  const debian = versionsIn("/usr/lib/postgresql").map((version) => join(version, "bin"));
  const binaries = folderOf(["initdb", "postgres", "pg_isready"], debian);
  if (binaries === undefined) return undefined;
  const folder = newFolder("postgres");
  const data = join(folder, "data");
  runOnce(join(binaries, "initdb"), ["-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"]);
  const port = await freePort();
  const settings = ["fsync=off", "max_connections=200", `unix_socket_directories=${folder}`];
  if (tls) settings.push("ssl=on", `ssl_cert_file=${tls.certificate}`, `ssl_key_file=${tls.key}`);
  return start({
    name: "PostgreSQL",
    command: join(binaries, "postgres"),
    args: ["-D", data, "-h", "127.0.0.1", "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    port,
    folder,
    // It takes connections while it is still starting up, and refuses them.
    isReady: () => endsWell(join(binaries, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(port)]),
    endSignal: "SIGINT",
    url: `postgres://test@127.0.0.1:${port}/postgres`,
  });
}
