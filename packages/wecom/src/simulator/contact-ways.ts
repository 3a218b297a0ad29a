import { type AuthorizedCall, type Fields, optionalInteger, optionalText, optionalTexts, readFields } from "./call.js";
import { requireRelation } from "./contacts.js";
import { readCursor, readLimit, writeCursor } from "./cursor.js";
import { RefusedCall, tooLong, wrongType } from "./errors.js";
import type { ContactWay, Corp } from "./state.js";

const MAX_CHARACTERS = 30;
const MOST_MEMBERS = 100;
const LONGEST_SECONDS = 14 * 86_400;
const LISTED_MS = 90 * 86_400_000;

/** `add_contact_way`. @see https://developer.work.weixin.qq.com/document/path/92228 */
export function addContactWay({ world, app, body, now }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const type = optionalInteger(fields, "type");
  const scene = optionalInteger(fields, "scene");
  if (type !== 1 && type !== 2) throw new RefusedCall(41037);
  if (scene !== 1 && scene !== 2) throw new RefusedCall(41038);
  const settings = settingsIn(app.corp, fields);
  if (type === 1 && settings.user.length !== 1) throw new RefusedCall(41039);
  const configId = world.ids.next("", 32);
  app.corp.contactWays.set(configId, { ...settings, configId, type, scene, createdAt: now });
  return { config_id: configId, ...(scene === 2 && { qr_code: qrCode(configId) }) };
}

/** `get_contact_way`. */
export function getContactWay(call: AuthorizedCall): Record<string, unknown> {
  const { configId, createdAt: _made, ...way } = requireWay(call.app.corp, readFields(call.body));
  return { contact_way: { config_id: configId, ...way, ...(way.scene === 2 && { qr_code: qrCode(configId) }) } };
}

/** `list_contact_way`: of the last 90 days unless told otherwise. */
export function listContactWay({ world, app, body, now }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const start = (optionalInteger(fields, "start_time") ?? Math.floor((now - LISTED_MS) / 1000)) * 1000;
  const end = (optionalInteger(fields, "end_time") ?? Math.ceil(now / 1000)) * 1000;
  if (start > end) throw new RefusedCall(40058, "invalid start_time or end_time");
  const found = [...app.corp.contactWays.values()].filter(({ createdAt }) => createdAt >= start && createdAt <= end);
  const name = JSON.stringify(["ways", app.corp.corpId, fields.start_time ?? "", fields.end_time ?? ""]);
  const from = readCursor(world.ids, name, fields, 0);
  const to = from + readLimit(fields, 100, 1000);
  return {
    contact_way: found.slice(from, to).map(({ configId }) => ({ config_id: configId })),
    next_cursor: to < found.length ? writeCursor(world.ids, name, to) : "",
  };
}

/** `update_contact_way`: what is given takes the place of what was; type and scene stay. */
export function updateContactWay({ app, body }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const way = requireWay(app.corp, fields);
  const { configId, type, scene, createdAt } = way;
  const settings = settingsIn(app.corp, { ...way, ...fields });
  app.corp.contactWays.set(configId, { ...settings, configId, type, scene, createdAt });
  return {};
}

/** `del_contact_way`. */
export function delContactWay({ app, body }: AuthorizedCall): Record<string, unknown> {
  app.corp.contactWays.delete(requireWay(app.corp, readFields(body)).configId);
  return {};
}

/** `close_temp_chat`: ends a temporary chat; the relation must be there. */
export function closeTempChat({ app, body }: AuthorizedCall): Record<string, unknown> {
  requireRelation(app.corp, readFields(body));
  return {};
}

function requireWay(corp: Corp, fields: Fields): ContactWay {
  const way = corp.contactWays.get(optionalText(fields, "config_id") ?? "");
  if (way === undefined) throw new RefusedCall(41042);
  return way;
}

function settingsIn(corp: Corp, fields: Fields): Omit<ContactWay, "configId" | "type" | "scene" | "createdAt"> {
  const user = optionalTexts(fields, "user", MOST_MEMBERS) ?? [];
  for (const userid of user) if (!corp.staff.has(userid)) throw new RefusedCall(40003);
  const skip = fields.skip_verify ?? true;
  if (typeof skip !== "boolean") throw wrongType("skip_verify", "bool");
  for (const name of ["expires_in", "chat_expires_in"]) {
    if ((optionalInteger(fields, name) ?? 0) > LONGEST_SECONDS) throw tooLong(name, LONGEST_SECONDS);
  }
  return { remark: short(fields, "remark"), state: short(fields, "state"), skip_verify: skip, user };
}

function short(fields: Fields, name: string): string {
  const text = optionalText(fields, name) ?? "";
  if (Array.from(text).length > MAX_CHARACTERS) throw tooLong(name, MAX_CHARACTERS);
  return text;
}

function qrCode(configId: string): string {
  return `https://open.work.weixin.qq.com/wwopen/userQRCode?vcode=${configId}`;
}
