import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { ConfigError } from "../errors.js";
import { type Random, systemRandom } from "../random.js";
import { deriveKey } from "./derive-key.js";

/** Keys of an installation: the secret in use, and older ones that can still open what they sealed. */
export interface KeyRing {
  /** The key of a purpose and tenant under the secret in use. 32 bytes. */
  derive(purpose: string, tenantId: number): Uint8Array;
  /** Encrypts and signs a text (AES-256-GCM): `v1.<key id>.<nonce>.<cipher text and tag>`, base64url parts. */
  seal(place: SealedPlace, text: string): string;
  /**
   * The text that was sealed for the same place.
   *
   * @throws {ConfigError} `config.invalid` for `secretKey`: another secret sealed it, or it was changed or moved
   */
  open(place: SealedPlace, sealed: string): string;
  /** False for what an older secret sealed: seal it anew. */
  isCurrent(place: SealedPlace, sealed: string): boolean;
}

/** What a sealed text is and whose it is; a text moved elsewhere does not open. */
export interface SealedPlace {
  /** What the secret is for; another purpose cannot open it. */
  readonly purpose: string;
  /** Whose secret it is; another merchant cannot open it. */
  readonly tenantId: number;
}

/** Options of {@link keyRing}. */
export interface KeyRingOptions {
  /** At least 32 characters. */
  readonly secretKey: string;
  /** Secrets used before. @default none */
  readonly previous?: readonly string[];
  /** @default the system's */
  readonly random?: Random;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Makes the keys of an installation from its secrets. @see https://csrc.nist.gov/pubs/sp/800/38/d/final */
export function keyRing({ secretKey, previous = [], random = systemRandom }: KeyRingOptions): KeyRing {
  const keyOf = (secret: string, { purpose, tenantId }: SealedPlace) => {
    const key = deriveKey(secret, `seal:${purpose}`, tenantId);
    return { key, id: createHash("sha256").update(key).digest("hex").slice(0, 8) };
  };
  return {
    derive: (purpose, tenantId) => deriveKey(secretKey, purpose, tenantId),
    seal(place, text) {
      const { key, id } = keyOf(secretKey, place);
      const nonce = random.bytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(placeBytes(place));
      const bytes = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return ["v1", id, Buffer.from(nonce).toString("base64url"), bytes.toString("base64url")].join(".");
    },
    open(place, sealed) {
      const [version, id, nonce = "", body = ""] = sealed.split(".");
      const found = [secretKey, ...previous].map((secret) => keyOf(secret, place)).find((key) => key.id === id);
      if (version !== "v1" || !found) throw unreadable("it was sealed under a secret key that is not given");
      const bytes = Buffer.from(body, "base64url");
      try {
        const decipher = createDecipheriv("aes-256-gcm", found.key, Buffer.from(nonce, "base64url"), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(placeBytes(place)).setAuthTag(bytes.subarray(-TAG_BYTES));
        return decipher.update(bytes.subarray(0, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
      } catch (error) {
        throw unreadable("it was changed, or belongs elsewhere", error);
      }
    },
    isCurrent: (place, sealed) => sealed.split(".")[1] === keyOf(secretKey, place).id,
  };
}

function placeBytes({ purpose, tenantId }: SealedPlace): Buffer {
  return Buffer.from(`${purpose}:${tenantId}`, "utf8");
}

function unreadable(reason: string, cause?: unknown): ConfigError {
  return new ConfigError("config.invalid", "secretKey", `a sealed text cannot be opened: ${reason}`, {
    cause,
    hint: "give the secret that sealed it as the secret key, or among the previous ones",
  });
}
