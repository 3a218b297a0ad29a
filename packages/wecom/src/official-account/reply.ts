import type { CallbackReply, ReplyAddress } from "../callback/reply.js";
import { cdata } from "../callback/xml.js";

/** A piece of music to listen to. */
export interface MusicReply {
  readonly kind: "music";
  readonly title?: string;
  readonly description?: string;
  readonly url?: string;
  readonly hqUrl?: string;
  readonly thumbMediaId: string;
}

/** What an official account may write back in the answer to a callback. */
export type AccountReply = CallbackReply | MusicReply;

/** Music as XML, not encrypted yet. @param now epoch ms */
export function accountReplyXml(reply: MusicReply, callback: ReplyAddress, now: number): string {
  const { title = "", description = "", url = "", hqUrl = "", thumbMediaId } = reply;
  const fields = {
    Title: title,
    Description: description,
    MusicUrl: url,
    HQMusicUrl: hqUrl,
    ThumbMediaId: thumbMediaId,
  };
  const music = Object.entries(fields).map(([name, text]) => `<${name}>${cdata(text)}</${name}>`);
  return (
    `<xml><ToUserName>${cdata(callback.fromUserName)}</ToUserName><FromUserName>${cdata(callback.toUserName)}</FromUserName>` +
    `<CreateTime>${Math.floor(now / 1000)}</CreateTime><MsgType>${cdata("music")}</MsgType><Music>${music.join("")}</Music></xml>`
  );
}
