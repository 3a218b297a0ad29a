import { systemClock, systemRandom } from "@recallkit/core";
import { keyRing } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { keptSecretKey } from "../config/secret-key.js";
import { readConfig, type ServerConfig } from "../config.js";
import type { ServerContext } from "../frame/context.js";
import { recordAudit } from "../modules/audit/service.js";
import { DEFAULT_PASSWORD_COST } from "../modules/auth/service.js";
import type { CommandContext } from "./command.js";

/** What commands about accounts need of a server. */
export type AccountContext = Pick<ServerContext, "stores" | "clock" | "random" | "keys" | "passwordCost">;

/** The server's settings as the command has them. @throws {ConfigError} the environment is not usable */
export function commandConfig({ io, databaseUrl }: CommandContext): ServerConfig {
  return readConfig({ ...io.env, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) });
}

/** The server's keys and clock around the command's database. @throws {ConfigError} the environment is not usable */
export async function accountContext(context: CommandContext, stores: SqlStores): Promise<AccountContext> {
  const config = commandConfig(context);
  const secretKey = config.secretKey ?? (await keptSecretKey(config.dataDir, systemRandom));
  const keys = keyRing({ secretKey, previous: config.previousSecretKeys });
  return { stores, clock: systemClock, random: systemRandom, keys, passwordCost: DEFAULT_PASSWORD_COST };
}

/** Notes what the command line changed, or whose data it handed out. */
export async function noteChange(
  { tenantId }: Pick<CommandContext, "tenantId">,
  { stores, clock }: Pick<AccountContext, "stores" | "clock">,
  action: string,
  target: number | string | null,
): Promise<void> {
  await recordAudit(stores, {
    tenantId,
    actor: "cli",
    actorName: null,
    action,
    target: target === null ? null : String(target),
    requestId: null,
    ip: null,
    at: clock.now(),
  });
}
