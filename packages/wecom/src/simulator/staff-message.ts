import { type AuthorizedCall, type Fields, isFields, optionalInteger, optionalText, readFields } from "./call.js";
import { RefusedCall, tooLong } from "./errors.js";
import { requireMedia } from "./media.js";
import { findStaffMessage, type StaffMessage } from "./state.js";

const MAX_USERS = 1000;
const MAX_TEXT_BYTES = 2048;
const PER_MINUTE = 30;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DEFAULT_CHECK_SECONDS = 1800;
const LONGEST_CHECK_SECONDS = 14_400;

/**
 * `message/send`: a direct message of an app to members. Departments and tags are not modelled: such a request names nobody
 * (82001). Beyond 30 in a minute a member gets no more, and nobody is told.
 *
 * @see https://developer.work.weixin.qq.com/document/path/90236
 */
export function sendToStaff({ world, app, body, now }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const { corp } = app;
  const touser = optionalText(fields, "touser") ?? "";
  const named = touser === "@all" ? [...corp.staff.keys()] : touser.split("|").filter((userid) => userid !== "");
  const agentId = optionalInteger(fields, "agentid");
  if (agentId === undefined) throw new RefusedCall(40056);
  if (agentId !== app.agentId) throw new RefusedCall(corp.apps.some((one) => one.agentId === agentId) ? 301002 : 40056);
  if (named.length === 0) throw new RefusedCall(82001);
  if (touser !== "@all" && named.length > MAX_USERS) throw tooLong("touser", MAX_USERS);
  const known = new Map([...corp.staff.keys()].map((userid) => [userid.toLowerCase(), userid]));
  const users = [...new Set(named.map((userid) => userid.toLowerCase()))];
  const reached = users.flatMap((userid) => known.get(userid) ?? []);
  const said = contentOf(fields, (mediaId, type) => requireMedia(world, corp, mediaId, type, now));
  const checkSeconds = optionalInteger(fields, "duplicate_check_interval") ?? DEFAULT_CHECK_SECONDS;
  if (checkSeconds > LONGEST_CHECK_SECONDS) throw tooLong("duplicate_check_interval", LONGEST_CHECK_SECONDS);
  if (reached.length === 0) throw new RefusedCall(81013);

  const msgid = world.ids.next("sm", 30);
  const request = JSON.stringify(fields);
  const last = app.sentRequests.get(request) ?? Number.NEGATIVE_INFINITY;
  app.sentRequests.set(request, now);
  const isRepeat = fields.enable_duplicate_check === 1 && now < last + checkSeconds * 1000;
  const recent = corp.staffMessages.filter(({ at }) => at > now - MINUTE_MS);
  const isBelowLimit = (userid: string) => recent.filter(({ userids }) => userids.includes(userid)).length < PER_MINUTE;
  const userids = isRepeat ? [] : reached.filter(isBelowLimit);
  if (userids.length > 0) {
    corp.staffMessages.push({ msgid, corpId: corp.corpId, at: now, userids, ...said, recalledAt: undefined });
  }
  return { invaliduser: users.filter((userid) => !known.has(userid)).join("|"), msgid };
}

/** `message/recall`: within 24 hours. @see https://developer.work.weixin.qq.com/document/path/94867 */
export function recallMessage({ app, body, now }: AuthorizedCall): Record<string, unknown> {
  const msgid = optionalText(readFields(body), "msgid");
  if (msgid === undefined) throw new RefusedCall(41046);
  const message = findStaffMessage(app.corp, msgid);
  if (message === undefined) throw new RefusedCall(41047);
  if (now >= message.at + DAY_MS) throw new RefusedCall(42052);
  message.recalledAt ??= now;
  return {};
}

type Said = Pick<StaffMessage, "type" | "text" | "content">;

function contentOf(fields: Fields, requireFile: (mediaId: string, type: string) => void): Said {
  const type = optionalText(fields, "msgtype") ?? "";
  const content = fields[type];
  const held: Fields = isFields(content) ? content : {};
  switch (type) {
    case "text":
    case "markdown": {
      const text = optionalText(held, "content", Number.POSITIVE_INFINITY, `${type}.content`);
      if (text === undefined) throw new RefusedCall(44004);
      return { type, text: cut(text), content: held };
    }
    case "image":
    case "voice":
    case "video":
    case "file": {
      const mediaId = optionalText(held, "media_id");
      if (mediaId === undefined) throw new RefusedCall(41006);
      requireFile(mediaId, type);
      return { type, text: undefined, content: held };
    }
    case "textcard":
      if (optionalText(held, "title") === undefined) throw new RefusedCall(41016);
      if (optionalText(held, "url", 2048, "textcard.url") === undefined) throw new RefusedCall(41010);
      return { type, text: undefined, content: held };
    case "news": {
      const { articles } = held;
      if (!Array.isArray(articles) || articles.length === 0) throw new RefusedCall(44004);
      if (articles.length > 8) throw tooLong("news.articles", 8);
      return { type, text: undefined, content: held };
    }
    case "template_card":
    case "miniprogram_notice":
    case "mpnews":
      return { type, text: undefined, content: held };
    default:
      throw new RefusedCall(40008);
  }
}

/** What is longer than the limit arrives without its end. */
function cut(text: string): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, MAX_TEXT_BYTES));
}
