import type { InputIssue, MessageContent } from "@recallkit/core";
import {
  CHANNEL_SPEC_VERSION,
  type Channel,
  memoryRateLimiter,
  type OutgoingBatch,
  type RateLimit,
  type Recipient,
  type SendOptions,
  type SendOutcome,
} from "@recallkit/core/ports";
import { refusedBefore } from "../call/call-errors.js";
import { type KeyWindow, keyWindow } from "../call/key-window.js";
import { type LimitOptions, takeAll } from "../call/limits.js";
import { outcomeOfLoss } from "../call/lost-call.js";
import { outcomeOf } from "../call/provider-code.js";
import { type FeishuApp, type FeishuClient, feishuClient } from "./feishu-client.js";
import { ruleOfMessage, TOKEN_CODES } from "./feishu-codes.js";

/** Whom an id of Feishu names, and the identity of a person that holds it. */
const RECEIVERS = { open_id: "openid", union_id: "unionid", user_id: "user_name", email: "email" } as const;

/** Options of {@link feishuChannel}. */
export interface FeishuOptions extends FeishuApp, LimitOptions {
  /** Kind of id that people are reached by, out of their identity of the same name; `user_id` out of `user_name`. @default "open_id" */
  readonly receiveIdType?: keyof typeof RECEIVERS | undefined;
  /** @default 1000 a minute and 50 a second, what Feishu allows an app */
  readonly limits?: readonly RateLimit[] | undefined;
  /** @default "feishu" */
  readonly name?: string | undefined;
}

const APP_LIMITS: readonly RateLimit[] = [
  { kind: "window", max: 1000, windowMs: 60_000 },
  { kind: "window", max: 50, windowMs: 1000 },
];
/** Feishu keeps keys for an hour; the rest is for a call on its way. */
const KEY_WINDOW_MS = 55 * 60_000;
/** Largest content that every kind of message takes, bytes. */
const MOST_BYTES = 30_000;

/**
 * Feishu as a channel: an app's bot writes to members of the company, and to others who may write to it. A subject makes a
 * message with a title. Feishu drops a message whose key it has seen within the last hour; later an unknown outcome stays unknown.
 *
 * @throws {ConfigError} an option is missing or unusable
 */
export function feishuChannel(options: FeishuOptions): Channel {
  const { receiveIdType = "open_id", name = "feishu" } = options;
  const client = feishuClient(name, options);
  const limiter = options.limiter ?? memoryRateLimiter({ clock: client.clock });
  const settings = {
    client,
    name,
    receiveIdType,
    limiter,
    limits: options.limits ?? APP_LIMITS,
    withinWindow: keyWindow(client.clock, KEY_WINDOW_MS),
  };
  return {
    name,
    specVersion: CHANNEL_SPEC_VERSION,
    personal: true,
    addressType: RECEIVERS[receiveIdType],
    maxBatchSize: 1,
    capability: () => "keyed",
    checkContent: feishuContentIssues,
    prepare: async () => {
      await client.token();
    },
    send: (batch, sendOptions) => send(settings, batch, sendOptions),
  };
}

interface FeishuSettings {
  readonly client: FeishuClient;
  readonly name: string;
  readonly receiveIdType: keyof typeof RECEIVERS;
  readonly limiter: NonNullable<LimitOptions["limiter"]>;
  readonly limits: readonly RateLimit[];
  readonly withinWindow: KeyWindow;
}

async function send(
  { client, name, receiveIdType, limiter, limits, withinWindow }: FeishuSettings,
  { tenantId, recipients, mayBeSentSince }: OutgoingBatch,
  { writeBy, signal }: SendOptions,
): Promise<readonly SendOutcome[]> {
  const [recipient, ...more] = recipients;
  if (!recipient || more.length > 0) throw refusedBefore(name, "one recipient per message");
  const said = messageOf(recipient, tenantId);
  const message = { receiveIdType, body: JSON.stringify(said) };
  await takeAll(name, `feishu:${client.account}`, limiter, limits);
  const attempt = () =>
    outcomeOfLoss(async () => {
      const token = await client.token();
      let answer = await client.createMessage(token, message, { writeBy, signal });
      if (TOKEN_CODES.has(answer.code)) {
        // A token may be taken back before its time. The call did nothing, so it may be made once more.
        await client.expire(token);
        answer = await client.createMessage(await client.token(), message, { writeBy, signal });
      }
      const { status, code, messageId, retryAfterMs } = answer;
      if (code === 0) {
        return messageId === undefined
          ? { kind: "unknown", reason: "accepted without an id" }
          : { kind: "accepted", providerMessageId: messageId };
      }
      if (status >= 500) return { kind: "unknown", reason: `HTTP ${status}` };
      const rule = ruleOfMessage(code);
      const now = client.clock.now();
      return outcomeOf({ channel: name, call: "im/v1/messages", code: String(code), rule, now, retryAfterMs });
    });
  return withinWindow(said.uuid, attempt, mayBeSentSince);
}

function messageOf({ address, content, marker }: Recipient, tenantId: number) {
  // `<at …>` in a text calls people, or a whole group.
  const text = (content.text ?? "").replace(/<(?=\/?at\b)/gi, "＜");
  const { subject } = content;
  return {
    receive_id: address,
    msg_type: subject === undefined ? "text" : "post",
    content: JSON.stringify(
      subject === undefined
        ? { text }
        : { zh_cn: { title: subject, content: text.split("\n").map((line) => [{ tag: "text", text: line }]) } },
    ),
    uuid: `${marker.toLowerCase()}.${tenantId}`,
  };
}

/** What is wrong with content as a message of Feishu. */
function feishuContentIssues(content: MessageContent): readonly InputIssue[] {
  const { text, subject: _, ...others } = content;
  const issues: InputIssue[] = Object.keys(others)
    .filter((path) => others[path] !== undefined)
    .map((path) => ({ path, code: "content.unknown-part", message: "a message of Feishu has no such part" }));
  if (text === undefined)
    issues.push({ path: "text", code: "content.text-missing", message: "a message needs a text" });
  if (Buffer.byteLength(text ?? "") > MOST_BYTES) {
    issues.push({ path: "text", code: "content.text-long", message: `a text has at most ${MOST_BYTES} bytes` });
  }
  return issues;
}
