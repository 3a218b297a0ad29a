import { createHash } from "node:crypto";
import type { AuthorizedCall, Call } from "./call.js";
import { RefusedCall } from "./errors.js";
import { type Part, parseMultipart } from "./multipart.js";
import type { Bot, Corp, Upload, World } from "./state.js";
import type { MediaCheck } from "./validate-attachment.js";

interface MediaRule {
  readonly maxBytes: number;
  readonly tooLarge: number;
  readonly wrongFormat: number;
  readonly accepts: (content: Buffer) => boolean;
}

const mebibyte = 1024 * 1024;
const isImage = (content: Buffer): boolean =>
  startsWith(content, [0xff, 0xd8, 0xff]) || startsWith(content, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Limits of the four types. @see https://developer.work.weixin.qq.com/document/path/90253 */
const rules: ReadonlyMap<string, MediaRule> = new Map([
  ["image", { maxBytes: 10 * mebibyte, tooLarge: 40009, wrongFormat: 40004, accepts: isImage }],
  ["voice", { maxBytes: 2 * mebibyte, tooLarge: 40010, wrongFormat: 40004, accepts: isAmr }],
  ["video", { maxBytes: 10 * mebibyte, tooLarge: 40011, wrongFormat: 41090, accepts: isMp4 }],
  ["file", { maxBytes: 20 * mebibyte, tooLarge: 45001, wrongFormat: 40004, accepts: () => true }],
]);

/** Largest upload body that is read at all: the largest file and some room for its envelope. */
export const maxUploadBytes = 21 * mebibyte;

/** `POST /cgi-bin/media/upload`: stores the description of a temporary file. */
export function uploadMedia(call: AuthorizedCall): Record<string, unknown> {
  const { corp } = call.app;
  const upload = storedFile(call, call.query.get("type") ?? "", corp.corpId);
  corp.uploads.set(upload.mediaId, upload);
  corp.files.set(upload.mediaId, checkedFile(mediaPart(call)).content);
  return { type: upload.type, media_id: upload.mediaId, created_at: String(Math.floor(upload.at / 1000)) };
}

/** `POST /cgi-bin/media/upload_attachment`: for moments and the product album; `created_at` is a number here. */
export function uploadAttachment(call: AuthorizedCall): Record<string, unknown> {
  const type = call.query.get("media_type") ?? "";
  if (type === "voice" || !["1", "2"].includes(call.query.get("attachment_type") ?? "")) throw new RefusedCall(40005);
  const upload = storedFile(call, type, call.app.corp.corpId);
  if (upload.bytes > 10 * mebibyte) throw new RefusedCall(41080);
  return { type, media_id: upload.mediaId, created_at: Math.floor(upload.at / 1000) };
}

/** `POST /cgi-bin/webhook/upload_media`: a file or a voice message for one bot. */
export function storeBotFile(call: Call, bot: Bot): Record<string, unknown> {
  const type = call.query.get("type") ?? "";
  if (type !== "file" && type !== "voice") throw new RefusedCall(40005);
  const upload = storedFile(call, type, "");
  bot.uploads.set(upload.mediaId, upload);
  return { type, media_id: upload.mediaId, created_at: String(Math.floor(upload.at / 1000)) };
}

function mediaPart({ contentType, body }: Pick<Call, "contentType" | "body">): Part | undefined {
  return parseMultipart(contentType, body).find(({ name }) => name === "media");
}

const CONTENT_TYPES: Readonly<Record<string, string>> = { image: "image/jpeg", voice: "audio/amr", video: "video/mp4" };

/** `GET /cgi-bin/media/get`: the file of a media id of the last three days. */
export function getMedia({ world, app, query, now }: AuthorizedCall): Record<string, unknown> {
  const mediaId = query.get("media_id") ?? "";
  const upload = app.corp.uploads.get(mediaId);
  const content = app.corp.files.get(mediaId);
  if (upload === undefined || content === undefined || now >= upload.at + world.mediaTtlMs)
    throw new RefusedCall(40007);
  const { type, filename } = upload;
  return { download: { content, contentType: CONTENT_TYPES[type] ?? "application/octet-stream", filename } };
}

/** Checks an upload and describes it. */
function storedFile({ world, contentType, body, now }: Call, type: string, corpId: string): Upload {
  const rule = rules.get(type);
  if (rule === undefined) throw new RefusedCall(40005);
  const { filename, content } = checkedFile(mediaPart({ contentType, body }));
  if (content.length > rule.maxBytes) throw new RefusedCall(rule.tooLarge);
  if (!rule.accepts(content)) throw new RefusedCall(rule.wrongFormat);

  const mediaId = world.ids.next("3", 63);
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { mediaId, corpId, type, filename, bytes: content.length, sha256, at: now };
}

/** `POST /cgi-bin/media/uploadimg`: an image with a lasting URL; any part name, at most 2 MB. */
export function uploadImage({ world, app, contentType, body }: AuthorizedCall): Record<string, unknown> {
  const { content } = checkedFile(parseMultipart(contentType, body)[0]);
  if (content.length > 2 * mebibyte) throw new RefusedCall(40009);
  if (!isImage(content)) throw new RefusedCall(40004);
  const url = `https://wework.qpic.cn/wwpic/${world.ids.next("", 32)}/0`;
  app.corp.imageUrls.add(url);
  return { url };
}

/** What messages refer to, in one corp. */
export function mediaCheck(world: World, corp: Corp, now: number): MediaCheck {
  return {
    media: (mediaId, type) => requireMedia(world, corp, mediaId, type, now),
    imageUrl(url) {
      if (!corp.imageUrls.has(url)) throw new RefusedCall(40058, "invalid pic_url");
    },
  };
}

/**
 * Checks that a `media_id` is the corp's own, of the wanted type and still alive.
 *
 * @throws {RefusedCall} 40007
 */
export function requireMedia(world: World, corp: Corp, mediaId: string, type: string, now: number): void {
  const upload = corp.uploads.get(mediaId);
  if (upload?.type !== type || now >= upload.at + world.mediaTtlMs) throw new RefusedCall(40007);
}

function checkedFile(part: Part | undefined): { filename: string; content: Buffer } {
  if (part?.filename === undefined || part.filename === "" || part.content.length === 0) throw new RefusedCall(44001);
  if (part.content.length <= 5) throw new RefusedCall(40006);
  if (part.fileLength !== undefined && part.fileLength !== part.content.length) throw new RefusedCall(40123);
  return { filename: part.filename, content: part.content };
}

function startsWith(content: Buffer, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => content[index] === byte);
}

function isAmr(content: Buffer): boolean {
  return content.toString("latin1", 0, 5) === "#!AMR";
}

function isMp4(content: Buffer): boolean {
  return content.toString("latin1", 4, 8) === "ftyp";
}
