import type { Random } from "@recallkit/core";

/** A file to upload. */
export interface MediaFile {
  readonly type: "image" | "voice" | "video" | "file";
  /** Receivers see it. Line breaks, quotes and backslashes become `_`. */
  readonly filename: string;
  /** For example `image/png`. */
  readonly contentType: string;
  /** More than 5 bytes; images up to 10 MB. */
  readonly bytes: Uint8Array;
}

/**
 * A multipart body with the one part `media` that uploads want.
 *
 * The file name goes out as it is: WeCom does not read the encoded form `filename*`, which libraries write. They also
 * can't add `filelength`, so the body is put together here.
 *
 * @see https://developer.work.weixin.qq.com/document/path/90253
 */
export function mediaBody(
  file: MediaFile,
  random: Random,
): { readonly contentType: string; readonly body: Uint8Array } {
  const boundary = `recallkit-${Buffer.from(random.bytes(16)).toString("hex")}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters could end the header line
  const filename = file.filename.replace(/[\u0000-\u001f\u007f"\\]/g, "_");
  const head = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="media"; filename="${filename}"; filelength=${file.bytes.length}`,
    `Content-Type: ${file.contentType}`,
    "",
    "",
  ].join("\r\n");
  const body = Buffer.concat([Buffer.from(head), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}
