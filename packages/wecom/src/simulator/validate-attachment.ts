import { type Fields, isFields, optionalText } from "./call.js";
import { RefusedCall, wrongType } from "./errors.js";

/** A checked attachment: `msgtype` and the object of the same name, as it was sent. */
export type Attachment = Fields & { readonly msgtype: string };

/** What an attachment refers to; answered by the corp's media store. */
export interface MediaCheck {
  /** @throws {RefusedCall} 40007 when the id is unknown, expired or of another type */
  media(mediaId: string, type: string): void;
  /** @throws {RefusedCall} 40058 when the URL did not come from `media/uploadimg` */
  imageUrl(url: string): void;
}

type Check = (fields: Fields, path: string, refer: MediaCheck) => void;

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["image", checkImage],
  ["link", checkLink],
  ["miniprogram", checkMiniProgram],
  ["video", (fields, path, refer) => refer.media(required(fields, "media_id", path, 41006), "video")],
  ["file", (fields, path, refer) => refer.media(required(fields, "media_id", path, 41006), "file")],
]);

/**
 * Checks one entry of `attachments`.
 *
 * @param path name of the entry for the error text, e.g. `attachments[0]`
 * @throws {RefusedCall} 41065 for an unknown type; 40058, 40063, 41006, 41010, 41016 or 40007 for its content
 * @see https://developer.work.weixin.qq.com/document/path/92135
 */
export function checkAttachment(value: unknown, path: string, refer: MediaCheck): Attachment {
  if (!isFields(value)) throw wrongType(path, "object");
  const msgtype = optionalText(value, "msgtype");
  const check = msgtype === undefined ? undefined : checks.get(msgtype);
  if (msgtype === undefined || check === undefined) throw new RefusedCall(41065);
  const content = value[msgtype];
  if (!isFields(content)) throw new RefusedCall(40058, `field \`${path}.${msgtype}\` does not match msgtype`);
  check(content, `${path}.${msgtype}`, refer);
  return { msgtype, [msgtype]: content };
}

function checkImage(fields: Fields, path: string, refer: MediaCheck): void {
  const mediaId = optionalText(fields, "media_id", undefined, `${path}.media_id`);
  const url = optionalText(fields, "pic_url", undefined, `${path}.pic_url`);
  if (mediaId !== undefined) refer.media(mediaId, "image");
  else if (url !== undefined) refer.imageUrl(url);
  else throw new RefusedCall(41006);
}

function checkLink(fields: Fields, path: string): void {
  required(fields, "title", path, 41016, 128);
  required(fields, "url", path, 41010, 2048);
  optionalText(fields, "picurl", 2048, `${path}.picurl`);
  optionalText(fields, "desc", 512, `${path}.desc`);
}

function checkMiniProgram(fields: Fields, path: string, refer: MediaCheck): void {
  required(fields, "title", path, 41016, 64);
  required(fields, "appid", path, 40063);
  required(fields, "page", path, 40063);
  refer.media(required(fields, "pic_media_id", path, 41006), "image");
}

function required(fields: Fields, name: string, path: string, missing: number, maxBytes?: number): string {
  const text = optionalText(fields, name, maxBytes, `${path}.${name}`);
  if (text === undefined) throw new RefusedCall(missing);
  return text;
}
