import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, ConfigError, type Random } from "@recallkit/core";
import { BOOTSTRAP_TENANT_ID } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { repeatIfTaken } from "../../frame/repeat-if-taken.js";
import { DEFAULT_PASSWORD_COST, hashPassword, type PasswordCost, verifyPassword } from "./password.js";
import { findUser, hasUsers, insertUser, replacePassword } from "./store.js";

/** What {@link ensureBootstrapLogin} takes. */
export interface BootstrapOptions {
  readonly stores: SqlStores;
  readonly clock: Clock;
  readonly random: Random;
  readonly dataDir: string;
  readonly isProduction: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly cost?: PasswordCost;
}

/** What people are told about the first login. */
export type BootstrapLogin =
  | { readonly kind: "generated"; readonly username: string; readonly password: string; readonly file: string }
  | { readonly kind: "from-environment"; readonly username: string }
  | { readonly kind: "kept"; readonly file: string };

/** User of the first merchant when the environment names none. */
const DEFAULT_USERNAME = "admin";
const PASSWORD_BYTES = 12;

/**
 * Sees to it that somebody can log in to the first tenant.
 *
 * A password in the environment is the user's password from then on. Without one, and without any user, one is made up and
 * written to `login.txt` in the data folder, readable by its owner only.
 *
 * @throws {ConfigError} `config.missing` in production, where no password is made up
 */
export async function ensureBootstrapLogin(options: BootstrapOptions): Promise<BootstrapLogin> {
  const { stores, dataDir, isProduction, random, username = DEFAULT_USERNAME, password } = options;
  const file = join(dataDir, "login.txt");
  if (password !== undefined) {
    await putUser(options, username, password);
    return { kind: "from-environment", username };
  }
  if (await hasUsers(stores)) return { kind: "kept", file };
  if (isProduction) {
    throw new ConfigError("config.missing", "BOOTSTRAP_PASSWORD", "BOOTSTRAP_PASSWORD is required for the first start");
  }
  const made = Buffer.from(random.bytes(PASSWORD_BYTES)).toString("base64url");
  // The file first: a password that nobody knows would be worse than a file without a user.
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(file, `username: ${username}\npassword: ${made}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  await putUser(options, username, made);
  return { kind: "generated", username, password: made, file };
}

async function putUser(options: BootstrapOptions, username: string, password: string): Promise<void> {
  const { stores, clock, cost = DEFAULT_PASSWORD_COST } = options;
  const known = await findUser(stores, username);
  if (known && (await verifyPassword(password, known.passwordHash))) return;
  const passwordHash = await hashPassword(password, cost);
  await stores.serializable(async (tx) => {
    const at = clock.now();
    // Again, now alone: another process may have been faster.
    const present = await findUser(tx, username);
    if (present) return replacePassword(tx, { userId: present.userId, passwordHash, at });
    const user = { username, passwordHash, tenantId: BOOTSTRAP_TENANT_ID, role: "platform", at } as const;
    await repeatIfTaken(() => insertUser(tx, user));
  });
}
