import { createHash } from "node:crypto";
import { InputError } from "./errors.js";
import type { StoredMedia } from "./ports/ledger-stores.js";

/** Largest image, bytes. @see https://developer.work.weixin.qq.com/document/path/90253 */
export const MAX_IMAGE_BYTES = 10 * 1024 * 1024;

/** What an image says it is, by its first bytes; undefined for anything but JPG and PNG. */
export function imageType(bytes: Uint8Array): "image/jpeg" | "image/png" | undefined {
  const starts = (...magic: number[]) => magic.every((byte, index) => bytes[index] === byte);
  if (starts(0xff, 0xd8, 0xff)) return "image/jpeg";
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "image/png";
  return undefined;
}

/** An image with its content hash. @throws {InputError} not a JPG or PNG, empty, or over 10 MB */
export function storedImage(bytes: Uint8Array): StoredMedia {
  const contentType = bytes instanceof Uint8Array ? imageType(bytes) : undefined;
  if (!contentType) throw new InputError([{ path: "", code: "media.type", message: "must be a JPG or PNG image" }]);
  if (bytes.length > MAX_IMAGE_BYTES)
    throw new InputError([{ path: "", code: "media.size", message: "at most 10 MB" }]);
  return { sha256: createHash("sha256").update(bytes).digest("hex"), contentType, bytes };
}
