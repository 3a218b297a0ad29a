import { type AuthorizedCall, optionalInteger, optionalText, readFields } from "./call.js";
import { RefusedCall } from "./errors.js";
import { requireMedia } from "./media.js";

const MAX_USERS = 1000;
const MAX_TEXT_BYTES = 2048;

/**
 * `message/send`: a direct message of an app to members; text and images. Departments, tags and `@all` are not modelled:
 * such a request names nobody (82001).
 *
 * @see https://developer.work.weixin.qq.com/document/path/90236
 */
export function sendToStaff({ world, app, body, now }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const { corp } = app;
  const named = (optionalText(fields, "touser") ?? "")
    .split("|")
    .filter((userid) => userid !== "" && userid !== "@all");
  if (optionalInteger(fields, "agentid") !== app.agentId) throw new RefusedCall(40056);
  if (named.length === 0) throw new RefusedCall(82001);
  if (named.length > MAX_USERS) throw new RefusedCall(40058, `field \`touser\` exceed max length ${MAX_USERS}`);
  const type = optionalText(fields, "msgtype");
  const known = new Map([...corp.staff.keys()].map((userid) => [userid.toLowerCase(), userid]));
  const users = [...new Set(named.map((userid) => userid.toLowerCase()))];
  const reached = users.flatMap((userid) => known.get(userid) ?? []);
  const content = contentOf(type, fields, (mediaId) => requireMedia(world, corp, mediaId, "image", now));
  if (reached.length === 0) throw new RefusedCall(81013);
  const msgid = world.ids.next("sm", 30);
  corp.staffMessages.push({ msgid, corpId: corp.corpId, at: now, userids: reached, ...content });
  return { invaliduser: users.filter((userid) => !known.has(userid)).join("|"), msgid };
}

function contentOf(
  type: string | undefined,
  fields: Readonly<Record<string, unknown>>,
  requireImage: (mediaId: string) => void,
): { readonly type: "text" | "image"; readonly text: string | undefined } {
  const part = fields[type ?? ""];
  const held: Readonly<Record<string, unknown>> = typeof part === "object" && part !== null ? { ...part } : {};
  if (type === "text") {
    const text = optionalText(held, "content", Number.POSITIVE_INFINITY, "text.content");
    if (text === undefined) throw new RefusedCall(44004);
    return { type, text: cut(text) };
  }
  if (type === "image") {
    const mediaId = optionalText(held, "media_id");
    if (mediaId === undefined) throw new RefusedCall(41006);
    requireImage(mediaId);
    return { type, text: undefined };
  }
  throw new RefusedCall(40008);
}

/** What is longer than the limit arrives without its end. */
function cut(text: string): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, MAX_TEXT_BYTES));
}
