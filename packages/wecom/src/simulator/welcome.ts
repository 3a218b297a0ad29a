import { type AuthorizedCall, optionalText, readFields } from "./call.js";
import { RefusedCall } from "./errors.js";
import { mediaCheck } from "./media.js";
import { readContent } from "./validate-template.js";

/** For so long a code is good, ms. */
const CODE_LIFE_MS = 20_000;

/** `send_welcome_msg`: once per code, within 20 seconds. @see https://developer.work.weixin.qq.com/document/path/92137 */
export function sendWelcomeMsg({ world, app, body, now }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const { corp } = app;
  const code = optionalText(fields, "welcome_code");
  const content = readContent(fields, mediaCheck(world, corp, now));
  const greeting = code === undefined ? undefined : corp.welcomeCodes.get(code);
  if (greeting === undefined || now >= greeting.at + CODE_LIFE_MS) throw new RefusedCall(41050);
  if (greeting.isUsed) throw new RefusedCall(41051);
  greeting.isUsed = true;
  const { userid, externalUserid } = greeting;
  corp.welcomes.push({ corpId: corp.corpId, at: now, userid, externalUserid, ...content });
  return {};
}
