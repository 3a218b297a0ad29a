import type { MessageCrypto } from "./message-crypto.js";
import { cdata } from "./xml.js";

/** One article of a reply, shown as a card. */
export interface ReplyArticle {
  readonly title: string;
  readonly description?: string;
  readonly picUrl?: string;
  readonly url: string;
}

/** What is written back in the answer to a callback. */
export type CallbackReply =
  | {
      readonly kind: "text";
      /** At most 2048 bytes of UTF-8. */
      readonly content: string;
    }
  | { readonly kind: "image" | "voice"; readonly mediaId: string }
  | { readonly kind: "video"; readonly mediaId: string; readonly title?: string; readonly description?: string }
  | {
      readonly kind: "news";
      /** 1 … 8. */
      readonly articles: readonly ReplyArticle[];
    };

/** Whom a reply goes to, and from whom: the other way round as in the callback. */
export interface ReplyAddress {
  readonly toUserName: string;
  readonly fromUserName: string;
}

/** A reply as XML, not encrypted yet. @param now epoch ms */
export function replyXml(reply: CallbackReply, callback: ReplyAddress, now: number): string {
  const head =
    `<ToUserName>${cdata(callback.fromUserName)}</ToUserName><FromUserName>${cdata(callback.toUserName)}</FromUserName>` +
    `<CreateTime>${Math.floor(now / 1000)}</CreateTime><MsgType>${cdata(reply.kind)}</MsgType>`;
  return `<xml>${head}${contentXml(reply)}</xml>`;
}

function contentXml(reply: CallbackReply): string {
  switch (reply.kind) {
    case "text":
      return tag("Content", reply.content);
    case "image":
      return `<Image>${tag("MediaId", reply.mediaId)}</Image>`;
    case "voice":
      return `<Voice>${tag("MediaId", reply.mediaId)}</Voice>`;
    case "video": {
      const { mediaId, title = "", description = "" } = reply;
      return `<Video>${tag("MediaId", mediaId)}${tag("Title", title)}${tag("Description", description)}</Video>`;
    }
    case "news": {
      const items = reply.articles.map(
        ({ title, description = "", picUrl = "", url }) =>
          `<item>${tag("Title", title)}${tag("Description", description)}${tag("PicUrl", picUrl)}${tag("Url", url)}</item>`,
      );
      return `<ArticleCount>${items.length}</ArticleCount><Articles>${items.join("")}</Articles>`;
    }
  }
}

/** A message encrypted and signed as answers to callbacks are. @param parts `timestamp` in epoch seconds, `random` 16 bytes */
export function sealedXml(
  crypto: MessageCrypto,
  message: string,
  parts: { readonly timestamp: string; readonly nonce: string; readonly random: Uint8Array },
): string {
  const { timestamp, nonce, random } = parts;
  const encrypted = crypto.seal(message, random);
  const signature = crypto.sign(timestamp, nonce, encrypted);
  return (
    `<xml><Encrypt>${cdata(encrypted)}</Encrypt><MsgSignature>${cdata(signature)}</MsgSignature>` +
    `<TimeStamp>${timestamp}</TimeStamp><Nonce>${cdata(nonce)}</Nonce></xml>`
  );
}

function tag(name: string, text: string): string {
  return `<${name}>${cdata(text)}</${name}>`;
}
