import type { Channel } from "@recallkit/core/ports";
import { isRefusal, misconfigured } from "./call-errors.js";
import type { WecomClient } from "./client.js";
import { wecomContent } from "./content.js";
import { NOBODY_REACHED } from "./error-map.js";
import { type MessageContext, wecomMessage } from "./message.js";

/** Longest text that reaches a member whole, bytes; WeCom cuts the rest. @see https://developer.work.weixin.qq.com/document/path/90236 */
const MAX_TEXT_BYTES = 2048;

/** What showing content to staff needs. */
export interface StaffContext extends MessageContext {
  readonly client: WecomClient;
  readonly agentId: number | undefined;
}

/**
 * Sends content to members as direct messages of the app: text in pieces, pictures, and a card as its picture and a line.
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
  const { template } = await wecomMessage(context, tenantId, said, signal);
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
  for (const piece of piecesOf(template.text?.content ?? "")) await send({ msgtype: "text", text: { content: piece } });
  for (const attachment of template.attachments ?? []) {
    await send({ msgtype: "image", image: { media_id: pictureOf(attachment) } });
  }
  if (said.miniProgram) await send({ msgtype: "text", text: { content: cardLine(said.miniProgram) } });
  return [...unreached];
};

/** Media id of a picture, or of the cover of a card. */
function pictureOf(attachment: Readonly<Record<string, unknown>>): unknown {
  const { image, miniprogram } = attachment;
  if (typeof image === "object" && image !== null && "media_id" in image) return image.media_id;
  if (typeof miniprogram === "object" && miniprogram !== null && "pic_media_id" in miniprogram) {
    return miniprogram.pic_media_id;
  }
  return undefined;
}

function cardLine({ title, page }: { readonly title: string; readonly page: string }): string {
  return `[小程序] ${title}\n${page}`;
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
