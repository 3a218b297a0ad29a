import { type AuthorizedCall, type Fields, isFields, optionalInteger, optionalText, readFields } from "./call.js";
import { RefusedCall } from "./errors.js";
import { requireAccount } from "./kf.js";
import type { Corp, KfAccount } from "./state.js";

/** With a member of staff. */
const SERVED = 3;
/** Over, or to be begun anew. */
const ENDED = 4;

/** `kf/service_state/get`: 0 new, 1 with the bot, 2 waits, 3 with a member, 4 over. */
export function getServiceState({ app, body }: AuthorizedCall): Record<string, unknown> {
  const { account, externalUserid } = sessionIn(app.corp, readFields(body));
  const { state, servicer } = account.sessions.get(externalUserid) ?? { state: 0, servicer: "" };
  return { service_state: state, servicer_userid: servicer };
}

/** `kf/service_state/trans`: hands a session on; a member takes it only if they exist, and what is over stays over. */
export function transferService({ world, app, body }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const { account, externalUserid } = sessionIn(app.corp, fields);
  const state = optionalInteger(fields, "service_state");
  const servicer = optionalText(fields, "servicer_userid") ?? "";
  const now = account.sessions.get(externalUserid)?.state ?? 0;
  if (now === ENDED) throw new RefusedCall(95013);
  if (state === undefined || state < 1 || state > ENDED || state < now) throw new RefusedCall(95016);
  if (state === SERVED && !app.corp.staff.has(servicer)) throw new RefusedCall(60111);
  account.sessions.set(externalUserid, { state, servicer: state === SERVED ? servicer : "" });
  const code = world.ids.next("", 32);
  account.codes.set(code, externalUserid);
  return { msg_code: code };
}

/** `kf/send_msg_on_event`: one message for the code of an event. */
export function sendKfMsgOnEvent({ world, app, body, now }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const code = optionalText(fields, "code") ?? "";
  const type = optionalText(fields, "msgtype") ?? "";
  const part = fields[type];
  if ((type !== "text" && type !== "msgmenu") || !isFields(part)) throw new RefusedCall(40008);
  for (const account of app.corp.kfAccounts) {
    const externalUserid = account.codes.get(code);
    if (externalUserid === undefined) continue;
    account.codes.delete(code);
    const msgid = optionalText(fields, "msgid", 32) ?? world.ids.next("", 32);
    const text = type === "text" ? (optionalText(part, "content") ?? "") : "";
    account.sent.push({ msgid, externalUserid, at: now, type, text });
    return { msgid };
  }
  throw new RefusedCall(40058, "invalid code");
}

function sessionIn(corp: Corp, fields: Fields): { account: KfAccount; externalUserid: string } {
  const account = requireAccount(corp.kfAccounts, fields);
  const externalUserid = optionalText(fields, "external_userid");
  if (externalUserid === undefined) throw new RefusedCall(40096);
  return { account, externalUserid };
}
