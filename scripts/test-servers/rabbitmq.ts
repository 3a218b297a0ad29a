import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { folderOf, newFolder, type PrivateServer, start } from "./private-server.ts";

/** Starts a private RabbitMQ from installed binaries; guest/guest. @returns undefined where there are none */
export async function startRabbitmq(): Promise<PrivateServer | undefined> {
  // Debian's command in /usr/sbin changes the user by itself; this is the script behind it.
  const binaries = folderOf(["rabbitmq-server", "rabbitmq-env"], ["/usr/lib/rabbitmq/bin"]);
  if (binaries === undefined) return undefined;
  const folder = newFolder("rabbitmq");
  const [port, clusterPort] = [await freePort(), await freePort()];
  return start({
    name: "RabbitMQ",
    command: join(binaries, "rabbitmq-server"),
    args: [],
    port,
    folder,
    env: {
      RABBITMQ_NODENAME: `recallkit${port}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: String(clusterPort),
      RABBITMQ_MNESIA_BASE: join(folder, "data"),
      RABBITMQ_LOG_BASE: join(folder, "log"),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "plugins"),
      RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq"),
    },
    endSignal: "SIGTERM",
    url: `amqp://guest:guest@127.0.0.1:${port}`,
  });
}
