import type { Channel } from "@recallkit/core/ports";
import { isRefusal, misconfigured } from "./call-errors.js";
import type { WecomClient } from "./client.js";
import { wecomContent } from "./content.js";
import { NOBODY_REACHED } from "./error-map.js";
import type { Attachment } from "./mass-message/attachments.js";
import { type MessageContext, wecomMessage } from "./message.js";

/** Longest text that reaches a member whole, bytes; WeCom cuts the rest. @see https://developer.work.weixin.qq.com/document/path/90236 */
const MAX_TEXT_BYTES = 2048;

/** What showing content to staff needs. */
export interface StaffContext extends MessageContext {
  readonly client: WecomClient;
  readonly agentId: number | undefined;
}

/**
 * Sends content to members as direct messages of the app: text in pieces, link cards as news, other attachments as they
 * are, and a mini-program card as its cover and a line.
 *
 * @returns members whom at least one message did not reach
 * @throws {ChannelError} nobody was reached, or an answer was lost on the way
 */
export const showToStaff = async (
  context: StaffContext,
  { tenantId, content, staff }: Parameters<NonNullable<Channel["showToStaff"]>>[0],
  { writeBy, signal }: Parameters<NonNullable<Channel["showToStaff"]>>[1],
): Promise<readonly string[]> => {
  const { client, agentId } = context;
  if (agentId === undefined) throw misconfigured("messages to staff need the channel's option agentId");
  const said = wecomContent(content);
  const { text = "", attachments } = await wecomMessage(context, tenantId, said, signal);
  const unreached = new Set<string>();
  const send = async (message: Readonly<Record<string, unknown>>) => {
    const call = { touser: staff.join("|"), agentid: agentId, ...message };
    // Ids come back in lower case.
    const missed = await client.sendToStaff(call, { writeBy, signal }).catch((error: unknown) => {
      if (isRefusal(error, NOBODY_REACHED)) return staff;
      throw error;
    });
    const lower = new Set(missed.map((userid) => userid.toLowerCase()));
    for (const userid of staff) if (lower.has(userid.toLowerCase())) unreached.add(userid);
  };
  for (const piece of piecesOf(text)) await send({ msgtype: "text", text: { content: piece } });
  for (const attachment of attachments) await send(shownAs(attachment));
  for (const line of cardLines(attachments)) await send({ msgtype: "text", text: { content: line } });
  return [...unreached];
};

/** An attachment as members can be sent it: a link card as news, the card of a mini program as its cover. */
function shownAs(attachment: Attachment): Readonly<Record<string, unknown>> {
  switch (attachment.msgtype) {
    case "link": {
      const { title, desc, url, picurl } = attachment.link;
      const article = { title, ...(desc && { description: desc }), url, ...(picurl && { picurl }) };
      return { msgtype: "news", news: { articles: [article] } };
    }
    case "miniprogram":
      return { msgtype: "image", image: { media_id: attachment.miniprogram.pic_media_id } };
    default:
      return { ...attachment };
  }
}

function cardLines(attachments: readonly Attachment[]): readonly string[] {
  return attachments.flatMap((one) =>
    one.msgtype === "miniprogram" ? [`[小程序] ${one.miniprogram.title}\n${one.miniprogram.page}`] : [],
  );
}

/** A text cut between characters into pieces of at most {@link MAX_TEXT_BYTES}. */
function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  let bytes = 0;
  for (const character of text) {
    const size = Buffer.byteLength(character);
    if (bytes + size > MAX_TEXT_BYTES) {
      pieces.push(piece);
      [piece, bytes] = ["", 0];
    }
    piece += character;
    bytes += size;
  }
  return piece === "" ? pieces : [...pieces, piece];
}
