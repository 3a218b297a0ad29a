import {
  type AuthorizedCall,
  type Fields,
  isFields,
  optionalInteger,
  optionalText,
  optionalTexts,
  readFields,
} from "./call.js";
import { readCursor, writeCursor } from "./cursor.js";
import { RefusedCall } from "./errors.js";
import type { KfAccount } from "./state.js";

const WINDOW_MS = 48 * 3_600_000;
const PER_WINDOW = 5;
const KEPT_MS = 3 * 86_400_000;
const MOST_ROWS = 1000;
const TOKEN_MS = 10 * 60_000;
const MOST_TEXT_BYTES = 2048;
const TYPES: ReadonlySet<string> = new Set(
  "text image voice video file link miniprogram msgmenu location ca_link business_card".split(" "),
);

/** `kf/account/list`. */
export function listKfAccounts({ app }: AuthorizedCall): Record<string, unknown> {
  return { account_list: app.corp.kfAccounts.map(({ openKfid, name }) => ({ open_kfid: openKfid, name, avatar: "" })) };
}

/** `kf/sync_msg`: what customers wrote in the last three days; own messages are not among it. @see https://developer.work.weixin.qq.com/document/path/94670 */
export function syncKfMsg({ world, app, body, now }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const { openKfid, received, tokens } = requireAccount(app.corp.kfAccounts, fields);
  const token = optionalText(fields, "token", 128);
  const toldAt = token === undefined ? now : tokens.get(token);
  if (toldAt === undefined || now >= toldAt + TOKEN_MS) throw new RefusedCall(95007);
  optionalText(fields, "cursor", 64);
  const name = JSON.stringify(["kf", app.corp.corpId, openKfid]);
  const oldest = received.findIndex(({ at }) => at > now - KEPT_MS);
  const start = oldest < 0 ? received.length : oldest;
  const from = Math.max(start, readCursor(world.ids, name, fields, start));
  const asked = optionalInteger(fields, "limit") ?? MOST_ROWS;
  const to = Math.min(received.length, from + Math.min(Math.max(1, asked), MOST_ROWS));
  const rows = received.slice(from, to).map(({ msgid, externalUserid, at, origin, msgtype, fields: told }) => ({
    msgid,
    open_kfid: openKfid,
    ...(externalUserid !== "" && { external_userid: externalUserid }),
    send_time: Math.floor(at / 1000),
    origin,
    msgtype,
    ...told,
  }));
  return { next_cursor: writeCursor(world.ids, name, to), has_more: to < received.length ? 1 : 0, msg_list: rows };
}

/** `kf/send_msg`: five messages within 48 hours of the customer's last one. @see https://developer.work.weixin.qq.com/document/path/94677 */
export function sendKfMsg({ world, app, body, now }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const account = requireAccount(app.corp.kfAccounts, fields);
  const externalUserid = optionalText(fields, "touser");
  if (externalUserid === undefined) throw new RefusedCall(40003);
  const type = optionalText(fields, "msgtype") ?? "";
  const part = fields[type];
  if (!TYPES.has(type) || !isFields(part)) throw new RefusedCall(40008);
  const text = type === "text" ? optionalText(part, "content") : undefined;
  if (type === "text" && text === undefined) throw new RefusedCall(44004);
  const key = optionalText(fields, "msgid", 32);
  if (key !== undefined && !/^[0-9A-Za-z_-]+$/.test(key)) throw new RefusedCall(40058, "invalid msgid");
  if (key !== undefined && account.sent.some(({ msgid }) => msgid === key)) throw new RefusedCall(95005);
  // New, or with the bot.
  if ((account.sessions.get(externalUserid)?.state ?? 0) > 1) throw new RefusedCall(95018);
  const last = account.received.findLast(
    (message) => message.externalUserid === externalUserid && message.origin === 3,
  );
  if (last === undefined || now >= last.at + WINDOW_MS) throw new RefusedCall(95002);
  const since = account.sent.filter((message) => message.externalUserid === externalUserid && message.at >= last.at);
  if (since.length >= PER_WINDOW) throw new RefusedCall(95001);
  const msgid = key ?? world.ids.next("", 32);
  account.sent.push({ msgid, externalUserid, at: now, type, text: cutTo(text ?? "", MOST_TEXT_BYTES) });
  return { msgid };
}

/** `kf/customer/batchget`. */
export function getKfCustomers({ app, body }: AuthorizedCall): Record<string, unknown> {
  const ids = optionalTexts(readFields(body), "external_userid_list", 100) ?? [];
  if (ids.length === 0) throw new RefusedCall(40063);
  const seen = new Set(
    app.corp.kfAccounts.flatMap(({ received }) => received.map((message) => message.externalUserid)),
  );
  const known = ids.filter((id) => seen.has(id));
  return {
    customer_list: known.map((id) => {
      const { name = id, unionid } = app.corp.customers.profileOf(id);
      return { external_userid: id, nickname: name, ...(unionid !== undefined && { unionid }) };
    }),
    invalid_external_userid: ids.filter((id) => !seen.has(id)),
  };
}

/** A text as it arrives: what is longer is cut without a word. */
function cutTo(text: string, most: number): string {
  let length = 0;
  let end = 0;
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > most) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** The service account that a body names; @throws {RefusedCall} 95000 */
export function requireAccount(accounts: readonly KfAccount[], fields: Fields): KfAccount {
  const account = accounts.find(({ openKfid }) => openKfid === fields.open_kfid);
  if (account === undefined) throw new RefusedCall(95000);
  return account;
}
