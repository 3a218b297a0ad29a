import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, type Random } from "@recallkit/core";

const LEAST_CHARACTERS = 32;
const LEAST_DIFFERENT = 10;
/** Words that stand in examples instead of a secret. */
const PLACEHOLDER = /your[-_ ]?secret|change[-_ ]?me|placeholder|example/i;

/** True for a text that is too short, too uniform or copied from an example. */
export function isWeakSecret(text: string): boolean {
  return text.length < LEAST_CHARACTERS || new Set(text).size < LEAST_DIFFERENT || PLACEHOLDER.test(text);
}

/**
 * The key kept in `<dataDir>/secret.key`; made on first use, readable by its owner only.
 *
 * @throws {ConfigError} `config.invalid` when the file holds something else
 */
export async function keptSecretKey(dataDir: string, random: Random): Promise<string> {
  const file = join(dataDir, "secret.key");
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const made = Buffer.from(random.bytes(48)).toString("base64url");
  // `wx` lets exactly one of several processes write; all of them then read the same key.
  await writeFile(file, `${made}\n`, { mode: 0o600, flag: "wx" }).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
  await chmod(file, 0o600);
  const key = (await readFile(file, "utf8")).trim();
  if (!isWeakSecret(key)) return key;
  throw new ConfigError("config.invalid", "DATA_DIR", "secret.key in DATA_DIR does not hold a key", {
    hint: "restore the file, or set SECRET_KEY",
  });
}
