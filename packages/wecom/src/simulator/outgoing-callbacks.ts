import { createHash } from "node:crypto";
import { type Clock, type Random, systemClock, systemRandom } from "@recallkit/core";
import { type CallbackSecrets, messageCrypto } from "../callback/message-crypto.js";
import { cdata } from "../callback/xml.js";

/** Options of {@link outgoingCallbacks}. */
export interface OutgoingCallbacksOptions extends CallbackSecrets {
  /** Where they go: a URL on this machine, or a handler. */
  readonly to: string | ((request: Request) => Promise<Response>);
  /** Whose they are. `official-account-plain` encrypts nothing. @default "wecom" */
  readonly from?: "wecom" | "official-account" | "official-account-plain";
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** Makes what can't be foreseen, and shuffles. @default systemRandom */
  readonly random?: Random | undefined;
}

/** Fields of a message by the provider's names; a list is written as items, as in `MemChangeList`. */
export type OutgoingMessage = Readonly<Record<string, string | number | readonly string[]>>;

/** How waiting messages are delivered. */
export interface DeliveryHabits {
  /** @default "told" */
  readonly order?: "told" | "reversed" | "shuffled";
  /** How often each is sent although it was answered, as happens when the answer is lost. @default 1 */
  readonly copies?: number;
}

/** What became of one message. */
export interface OutgoingRecord {
  readonly message: string;
  /** Status of every answer, 0 where none came. */
  readonly answers: readonly number[];
}

/** The provider's side of callbacks. */
export interface OutgoingCallbacks {
  /** Verifies the address as the console does when it is saved. @returns whether it gave the expected answer */
  verify(): Promise<boolean>;
  /** Lets a message wait for {@link deliver}; `ToUserName`, `CreateTime` and the like have defaults. */
  tell(message: OutgoingMessage): void;
  /** Sends what waits. What is not answered with 200 is sent again up to 3 times, with a new nonce and the same message. */
  deliver(habits?: DeliveryHabits): Promise<readonly OutgoingRecord[]>;
  /** The request that tells a message, or a text in place of one, for tests that spoil it. */
  request(message: OutgoingMessage | string): Request;
  /** Text of the latest answer that had one, decrypted where it is encrypted. */
  readonly lastReply: string | undefined;
}

/** The provider gives up after so many repeats. @see https://developer.work.weixin.qq.com/document/path/90930 */
const MOST_REPEATS = 3;

/** Sends callbacks as the provider does: signed, encrypted, repeated, and in no order that can be relied on. */
export function outgoingCallbacks(options: OutgoingCallbacksOptions): OutgoingCallbacks {
  const { to, from = "wecom", clock = systemClock, random = systemRandom, token, receiveId } = options;
  const crypto = messageCrypto(options);
  let waiting: string[] = [];
  let lastReply: string | undefined;

  const seconds = () => Math.floor(clock.now() / 1000);
  const xmlOf = (message: OutgoingMessage | string) => (typeof message === "string" ? message : messageXml(message));
  const messageXml = (message: OutgoingMessage) => {
    // As WeCom leaves it out.
    const sender = message.Event === "kf_msg_or_event" ? {} : { FromUserName: "sys" };
    const common = { ToUserName: receiveId, ...sender, CreateTime: seconds(), MsgType: "event" };
    const fields = Object.entries({ ...common, ...message }).map(
      ([name, value]) => `<${name}>${valueXml(value)}</${name}>`,
    );
    return `<xml>${fields.join("")}</xml>`;
  };
  const address = (parameters: Readonly<Record<string, string>>) => {
    const url = new URL(typeof to === "string" ? to : "http://127.0.0.1/callback");
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url;
  };
  const moment = () => ({ timestamp: String(seconds()), nonce: Buffer.from(random.bytes(5)).toString("hex") });

  function request(message: OutgoingMessage | string): Request {
    const { timestamp, nonce } = moment();
    const xml = xmlOf(message);
    const signature = plainSignature(token, timestamp, nonce);
    if (from === "official-account-plain") {
      return post(address({ signature, timestamp, nonce }), xml);
    }
    const encrypted = crypto.seal(xml, random.bytes(16));
    const msg_signature = crypto.sign(timestamp, nonce, encrypted);
    const extra: Record<string, string> = from === "wecom" ? {} : { signature, encrypt_type: "aes" };
    const envelope = `<xml><ToUserName>${cdata(receiveId)}</ToUserName><Encrypt>${cdata(encrypted)}</Encrypt></xml>`;
    return post(address({ ...extra, msg_signature, timestamp, nonce }), envelope);
  }

  async function send(message: string): Promise<number> {
    try {
      const response = typeof to === "string" ? await fetch(request(message)) : await to(request(message));
      const text = await response.text();
      const encrypted = /<Encrypt><!\[CDATA\[([^\]]+)]]><\/Encrypt>/.exec(text)?.[1];
      if (text !== "") lastReply = encrypted === undefined ? text : crypto.open(encrypted);
      return response.status;
    } catch {
      return 0;
    }
  }

  return {
    request,
    async verify() {
      const { timestamp, nonce } = moment();
      const echo = Buffer.from(random.bytes(8)).toString("hex");
      const encrypted = crypto.seal(echo, random.bytes(16));
      const parameters =
        from === "wecom"
          ? { msg_signature: crypto.sign(timestamp, nonce, encrypted), echostr: encrypted }
          : { signature: plainSignature(token, timestamp, nonce), echostr: echo };
      const request = new Request(address({ ...parameters, timestamp, nonce }));
      const response = typeof to === "string" ? await fetch(request) : await to(request);
      return response.status === 200 && (await response.text()) === echo;
    },
    tell(message) {
      waiting.push(xmlOf(message));
    },
    async deliver({ order = "told", copies = 1 } = {}) {
      const messages = waiting.flatMap((message) => Array.from({ length: copies }, () => message));
      waiting = [];
      if (order === "reversed") messages.reverse();
      if (order === "shuffled") shuffle(messages, random);
      const records: OutgoingRecord[] = [];
      for (const message of messages) {
        const answers: number[] = [];
        do answers.push(await send(message));
        while (answers.at(-1) !== 200 && answers.length <= MOST_REPEATS);
        records.push({ message, answers });
      }
      return records;
    },
    get lastReply() {
      return lastReply;
    },
  };
}

function valueXml(value: OutgoingMessage[string]): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? cdata(value) : value.map((item) => `<Item>${cdata(item)}</Item>`).join("");
}

function post(url: URL, body: string): Request {
  return new Request(url, { method: "POST", body, headers: { "content-type": "text/xml" } });
}

/** Signature of an official account over everything but the body. */
function plainSignature(token: string, timestamp: string, nonce: string): string {
  return createHash("sha1").update([token, timestamp, nonce].sort().join("")).digest("hex");
}

function shuffle(messages: string[], random: Random): void {
  for (let last = messages.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random.next() * (last + 1));
    // Both are indexes of the list.
    [messages[last], messages[other]] = [messages[other] as string, messages[last] as string];
  }
}
