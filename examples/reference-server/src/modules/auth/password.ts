import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** What a hash costs: N = 2^`costBits`, r, p. */
export interface PasswordCost {
  readonly costBits: number;
  readonly blockSize: number;
  readonly parallelism: number;
}

/** 128 MB and some tenths of a second per hash. @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
export const DEFAULT_PASSWORD_COST: PasswordCost = { costBits: 17, blockSize: 8, parallelism: 1 };

const KEY_BYTES = 32;
const SALT_BYTES = 16;
const HASH = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]+)\$([\w-]+)$/;

/** Hashes a password with a salt of its own; the result names its parameters: `$scrypt$ln=17,r=8,p=1$salt$key`. */
export async function hashPassword(password: string, cost: PasswordCost = DEFAULT_PASSWORD_COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, cost);
  const { costBits, blockSize, parallelism } = cost;
  const parameters = `ln=${costBits},r=${blockSize},p=${parallelism}`;
  return `$scrypt$${parameters}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

/** A SHA-256 without salt, in hex, as older systems kept passwords. */
const LEGACY_HASH = /^[0-9a-f]{64}$/i;

/** True for a hash of {@link hashPassword}, or one of an older system. */
export function isPasswordHash(text: string): boolean {
  return HASH.test(text) || LEGACY_HASH.test(text);
}

/** True for a hash that is cheaper to guess than a new one would be: replace it while the password is at hand. */
export function isOutdated(hash: string, { costBits, blockSize, parallelism }: PasswordCost): boolean {
  const [, bits, size, lanes] = HASH.exec(hash) ?? [];
  return Number(bits ?? 0) < costBits || Number(size) !== blockSize || Number(lanes) !== parallelism;
}

/** Whether a password belongs to a hash; false for a text that is no hash. Takes as long as hashing does. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  if (LEGACY_HASH.test(hash)) {
    return timingSafeEqual(createHash("sha256").update(password).digest(), Buffer.from(hash, "hex"));
  }
  const [, costBits, blockSize, parallelism, salt = "", key = ""] = HASH.exec(hash) ?? [];
  if (costBits === undefined) return false;
  const cost = { costBits: Number(costBits), blockSize: Number(blockSize), parallelism: Number(parallelism) };
  const expected = Buffer.from(key, "base64url");
  const derived = await derive(password, Buffer.from(salt, "base64url"), cost);
  return expected.length === derived.length && timingSafeEqual(expected, derived);
}

function derive(password: string, salt: Buffer, { costBits, blockSize, parallelism }: PasswordCost): Promise<Buffer> {
  const N = 2 ** costBits;
  // scrypt needs 128·N·r bytes and some more, beyond Node's own default of 32 MB.
  const maxmem = 128 * N * blockSize * 2;
  return new Promise((resolve, reject) => {
    const options = { N, r: blockSize, p: parallelism, maxmem };
    // The same characters typed on another keyboard may come in another Unicode form.
    scrypt(password.normalize("NFKC"), salt, KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
