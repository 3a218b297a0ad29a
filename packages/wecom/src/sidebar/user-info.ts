import * as z from "zod";
import type { Connection } from "../connection.js";

/** Who has signed in: a member of the corp, or an external contact. */
export type SidebarUser =
  | { readonly kind: "member"; readonly userId: string }
  | { readonly kind: "contact"; readonly externalUserId: string | null; readonly openid: string | null };

const text = z.string().min(1).max(512).nullish();
// The older names of the two begin with capitals.
const infoSchema = z.object({ userid: text, UserId: text, openid: text, OpenId: text, external_userid: text });

/**
 * Who a code of the sign-in page stands for; a code is good for five minutes and one use.
 *
 * @returns undefined: nobody whom WeCom names
 * @throws {ChannelError} class REQUEST: the code is none, too old or used; others: WeCom could not be asked
 * @see https://developer.work.weixin.qq.com/document/path/91023
 */
export async function userOf(
  connection: Connection,
  code: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<SidebarUser | undefined> {
  const info = await connection.call({
    path: "auth/getuserinfo",
    // Asked twice, the code would count as used.
    kind: "effect",
    query: { code },
    answer: infoSchema,
    maxBytes: 65_536,
    timeoutMs,
    signal,
  });
  const userId = info.userid ?? info.UserId;
  if (userId) return { kind: "member", userId };
  const [externalUserId, openid] = [info.external_userid ?? null, info.openid ?? info.OpenId ?? null];
  return externalUserId === null && openid === null ? undefined : { kind: "contact", externalUserId, openid };
}
