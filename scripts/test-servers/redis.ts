import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { folderOf, newFolder, type PrivateServer, start } from "./private-server.ts";

/** Starts a private Redis from installed binaries. @returns undefined where there are none */
export async function startRedis(): Promise<PrivateServer | undefined> {
  const binaries = folderOf(["redis-server"]);
  if (binaries === undefined) return undefined;
  const folder = newFolder("redis");
  const port = await freePort();
  return start({
    name: "Redis",
    command: join(binaries, "redis-server"),
    args: ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder],
    port,
    folder,
    endSignal: "SIGTERM",
    url: `redis://127.0.0.1:${port}`,
  });
}
