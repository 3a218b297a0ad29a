import { ConfigError } from "@recallkit/core";
import type { NebulaSession } from "./nebula.js";

/** Where a NebulaGraph server is. */
export interface NebulaOptions {
  readonly host: string;
  readonly port: number;
  readonly space: string;
  readonly username: string;
  readonly password: string;
}

const PACKAGE = "@nebula-contrib/nebula-nodejs";

/** The part of the client that is used. */
interface NebulaClient {
  execute(statement: string): Promise<{ readonly data?: Readonly<Record<string, readonly unknown[]>> }>;
  close(): Promise<unknown>;
}

/**
 * A session of NebulaGraph's own client, which the host installs: it is compiled when it is installed.
 *
 * @throws {ConfigError} `config.missing`: the client is not installed
 */
export async function nebulaSession({ host, port, username, password }: NebulaOptions): Promise<NebulaSession> {
  const client = await openClient({ servers: [`${host}:${port}`], userName: username, password, poolSize: 1 });
  return {
    async execute(statement) {
      const { data = {} } = await client.execute(statement);
      const columns = Object.entries(data);
      return Array.from({ length: columns[0]?.[1].length ?? 0 }, (_, at) =>
        Object.fromEntries(columns.map(([name, values]) => [name, values[at]])),
      );
    },
    close: async () => void (await client.close()),
  };
}

async function openClient(options: object): Promise<NebulaClient> {
  try {
    const { createClient } = await import(PACKAGE);
    return createClient(options);
  } catch (cause) {
    throw new ConfigError("config.missing", PACKAGE, `NEBULA_HOST needs the package ${PACKAGE}`, {
      hint: `npm install ${PACKAGE}`,
      cause,
    });
  }
}
