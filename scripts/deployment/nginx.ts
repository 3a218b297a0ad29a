// A private nginx with deploy/nginx/recallkit.conf as it stands, but for names, ports and places.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Certificate, newCertificate } from "../test-servers/certificate.ts";
import { freePort } from "../test-servers/free-port.ts";
import { folderOf, newFolder, type PrivateServer, start } from "../test-servers/private-server.ts";
import { root } from "../workspace.mjs";

const CONFIGURATION = join(root, "deploy/nginx/recallkit.conf");
/** The name of the certificate; callers reach it by this one. */
const HOST = "localhost";

/** An nginx in front of processes on this machine. */
export interface Proxy extends PrivateServer {
  /** What callers have to trust. */
  readonly certificate: Certificate;
  readonly logFile: string;
}

/** Where the proxy is, and what it needs. */
interface Places {
  readonly folder: string;
  readonly certificate: Certificate;
  readonly apiPort: number;
  readonly ports: { readonly plain: number; readonly tls: number };
}

/** Whether there is an nginx on this machine. */
export function nginxFolder(): string | undefined {
  return folderOf(["nginx"]);
}

/** Starts it. @returns undefined where there is no nginx, or no openssl for its certificate */
export async function startNginx(apiPort: number): Promise<Proxy | undefined> {
  const binaries = nginxFolder();
  const certificate = newCertificate(HOST);
  if (binaries === undefined || certificate === undefined) return undefined;
  const folder = newFolder("nginx");
  const ports = { plain: await freePort(), tls: await freePort() };
  const file = writeConfiguration({ folder, certificate, apiPort, ports });
  const server = await start({
    name: "nginx",
    command: join(binaries, "nginx"),
    args: ["-c", file, "-e", join(folder, "error.log"), "-g", "daemon off;"],
    port: ports.tls,
    folder,
    endSignal: "SIGQUIT",
    url: `https://${HOST}:${ports.tls}`,
  });
  return { ...server, certificate, logFile: join(folder, "recallkit.log") };
}

/** The configuration of an nginx that runs by itself, as nobody in particular. @returns its path */
export function writeConfiguration({ folder, certificate, apiPort, ports }: Places): string {
  const server = [
    ["server 127.0.0.1:8000", `server 127.0.0.1:${apiPort}`],
    ["listen 80;", `listen 127.0.0.1:${ports.plain};`],
    ["listen 443 ssl http2;", `listen 127.0.0.1:${ports.tls} ssl http2;`],
    ["server_name recallkit.example.com", `server_name ${HOST}`],
    ["/etc/ssl/recallkit/fullchain.pem", certificate.certificate],
    ["/etc/ssl/recallkit/privkey.pem", certificate.key],
    ["/var/log/nginx", folder],
  ].reduce(
    (text, [from = "", to = ""]) => {
      if (!text.includes(from)) throw new Error(`deploy/nginx/recallkit.conf does not say ${from}`);
      return text.replaceAll(from, to);
    },
    readFileSync(CONFIGURATION, "utf8").replace(/^ *listen \[::\].*\n/gm, ""),
  );
  writeFileSync(join(folder, "recallkit.conf"), server);
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  const whole = `worker_processes 1;
pid ${join(folder, "nginx.pid")};
error_log ${join(folder, "error.log")} warn;
events { worker_connections 1024; }
http {
  ${places.join("\n  ")}
  include ${join(folder, "recallkit.conf")};
}
`;
  const file = join(folder, "nginx.conf");
  writeFileSync(file, whole);
  return file;
}
