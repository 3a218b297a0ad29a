import { ChannelError } from "@recallkit/core";
import type { CallOptions, FoundMessage, SendOptions, SendOutcome } from "@recallkit/core/ports";
import * as z from "zod";
import { mainlandDigits } from "../number/mobile-number.js";
import { outcomesOfLoss, settledRefusal } from "../provider/code-rule.js";
import { type CallKind, refusedBefore, untoldCall } from "../provider/errors.js";
import { exchange, jsonOf } from "../provider/exchange.js";
import { fromShanghaiTime, shanghaiTime } from "../provider/shanghai-time.js";
import type { SmsLookUp, SmsMessage, SmsProvider } from "../provider/sms-provider.js";
import { codeRule } from "./codes.js";
import { type AliyunOptions, type AliyunSettings, aliyunSettings } from "./options.js";
import { canonicalQuery, signedHeaders } from "./sign.js";

const VERSION = "2017-05-25";
const PAGE = 50;
const MOST_PAGES = 10;
const DAY = 86_400_000;

const answerSchema = z.object({
  Code: z.string(),
  Message: z.string().optional(),
  BizId: z.string().optional(),
});
const detailsSchema = z.object({
  Code: z.literal("OK"),
  SmsSendDetailDTOs: z
    .object({
      SmsSendDetailDTO: z.array(
        z.object({
          SendDate: z.string(),
          OutId: z.string().nullish(),
          PhoneNum: z.string().optional(),
          BizId: z.string().nullish(),
        }),
      ),
    })
    .optional(),
});

/**
 * Aliyun's SMS (Dysmsapi 2017-05-25) as a provider: approved templates, one call per person, since only then a message carries
 * a mark of its own (`OutId`), by which a lost answer is cleared up.
 *
 * @throws {ConfigError} an option is missing or unusable
 * @see https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms
 */
export function aliyunProvider(options: AliyunOptions): SmsProvider {
  const settings = aliyunSettings(options);
  return {
    name: "aliyun",
    maxBatchSize: 1,
    capability: "lookup",
    sends: "template",
    send: (messages, sendOptions) => send(settings, messages, sendOptions),
    lookUp: (query, callOptions) => lookUp(settings, query, callOptions),
  };
}

async function send(
  settings: AliyunSettings,
  messages: readonly SmsMessage[],
  { writeBy, signal }: SendOptions,
): Promise<readonly SendOutcome[]> {
  const [message] = messages;
  if (!message?.template || messages.length > 1) throw refusedBefore("one message with a template per call");
  const { id, params } = message.template;
  const query = {
    PhoneNumbers: mainlandDigits(message.to) ?? message.to.slice(1),
    SignName: message.signature,
    TemplateCode: id,
    TemplateParam: JSON.stringify(params),
    OutId: message.marker,
  };
  try {
    const json = await call(settings, "SendSms", "effect", query, { writeBy, signal });
    const answer = answerSchema.safeParse(json);
    if (!answer.success) throw untoldCall("SendSms", "effect", "in another form");
    const { Code, Message = "", BizId } = answer.data;
    if (Code !== "OK") return [settledRefusal("SendSms", codeRule(Code, Message), Code, settings.clock.now())];
    if (!BizId) return [{ kind: "unknown", reason: "accepted without an id" }];
    return [{ kind: "accepted", providerMessageId: BizId }];
  } catch (error) {
    if (!ChannelError.is(error)) throw error;
    return outcomesOfLoss(error, 1);
  }
}

async function call(
  settings: AliyunSettings,
  action: string,
  kind: CallKind,
  query: Readonly<Record<string, string>>,
  { writeBy, signal }: { readonly writeBy?: number | undefined; readonly signal: AbortSignal },
) {
  const { baseUrl, clock, random, accessKeyId, accessKeySecret, securityToken } = settings;
  const { host: _, ...headers } = signedHeaders({
    host: new URL(baseUrl).host,
    action,
    version: VERSION,
    query,
    at: clock.now(),
    nonce: Buffer.from(random.bytes(16)).toString("hex"),
    accessKeyId,
    accessKeySecret,
    securityToken,
  });
  const url = `${baseUrl}/?${canonicalQuery(query)}`;
  const { status, text } = await exchange(settings, { name: action, kind, url, headers, body: "", writeBy, signal });
  const json = jsonOf(text);
  if (json === undefined) throw untoldCall(action, kind, `HTTP ${status} without JSON`);
  return json;
}

async function lookUp(
  settings: AliyunSettings,
  { messages, from, to }: SmsLookUp,
  options: CallOptions,
): Promise<readonly FoundMessage[]> {
  const found: FoundMessage[] = [];
  for (const { to: address, marker } of messages) {
    for (const day of daysOf(from, to)) {
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const query = {
          PhoneNumber: mainlandDigits(address) ?? address.slice(1),
          SendDate: day,
          PageSize: String(PAGE),
          CurrentPage: String(page),
        };
        const json = await call(settings, "QuerySendDetails", "harmless", query, options);
        const details = detailsSchema.safeParse(json);
        if (!details.success) throw untoldCall("QuerySendDetails", "harmless", "in another form");
        const items = details.data.SmsSendDetailDTOs?.SmsSendDetailDTO ?? [];
        for (const { OutId, SendDate, BizId } of items) {
          if (OutId !== marker) continue;
          found.push({ providerMessageId: BizId ?? marker, createdAt: fromShanghaiTime(SendDate) ?? from, address });
        }
        if (items.length < PAGE) break;
      }
    }
  }
  return found.toSorted((a, b) => a.createdAt - b.createdAt);
}

/** Days of Shanghai from one instant to another, as `20260105`. */
function daysOf(from: number, to: number): readonly string[] {
  const days = new Set<string>();
  for (let at = from; at < to + DAY; at += DAY)
    days.add(shanghaiTime(Math.min(at, to)).slice(0, 10).replaceAll("-", ""));
  return [...days];
}
