import { describe, expect, test } from "vitest";
import { InputError } from "./errors.js";
import { imageType, MAX_IMAGE_BYTES, storedImage } from "./media.js";
import { sha256Hex } from "./text.js";

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPG = [0xff, 0xd8, 0xff, 0xe0];

function codeOf(bytes: Uint8Array): string | undefined {
  try {
    storedImage(bytes);
  } catch (error) {
    if (InputError.is(error)) return error.issues[0]?.code;
    throw error;
  }
  return undefined;
}

describe("an image", () => {
  test("is what its first bytes say", () => {
    expect(imageType(Uint8Array.from(PNG))).toBe("image/png");
    expect(imageType(Uint8Array.from(JPG))).toBe("image/jpeg");
    expect(imageType(Uint8Array.from(PNG.slice(0, 7)))).toBeUndefined();
    expect(imageType(new TextEncoder().encode("GIF89a"))).toBeUndefined();
    expect(imageType(new TextEncoder().encode("<svg onload=alert(1)>"))).toBeUndefined();
    expect(imageType(new Uint8Array())).toBeUndefined();
  });

  test("is kept under the hash of its content", () => {
    const media = storedImage(Uint8Array.from(JPG));
    expect(media.contentType).toBe("image/jpeg");
    expect(media.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(storedImage(Uint8Array.from(JPG)).sha256).toBe(media.sha256);
    expect(storedImage(Uint8Array.from([...JPG, 0])).sha256).not.toBe(media.sha256);
    expect(sha256Hex("")).not.toBe(media.sha256);
  });

  test("has at most 10 MB", () => {
    const bytes = new Uint8Array(MAX_IMAGE_BYTES);
    bytes.set(PNG);
    expect(codeOf(bytes)).toBeUndefined();
    const larger = new Uint8Array(MAX_IMAGE_BYTES + 1);
    larger.set(PNG);
    expect(codeOf(larger)).toBe("media.size");
  });

  test("is refused when it is none", () => {
    expect(codeOf(new Uint8Array())).toBe("media.type");
    expect(codeOf(new TextEncoder().encode("%PDF-1.7"))).toBe("media.type");
  });
});
