import type { CallOptions } from "@recallkit/core/ports";
import * as z from "zod";
import { type CallKind, refusedCall, untoldCall } from "../provider/errors.js";
import { exchange, jsonOf } from "../provider/exchange.js";
import { shanghaiTime } from "../provider/shanghai-time.js";
import {
  type Account,
  accountSchema,
  batchSchema,
  errorSchema,
  LONG_FIELDS,
  type RecordItem,
  type ReplyItem,
  recordSchema,
  replySchema,
  type SentItem,
  type StatusItem,
  sentSchema,
  statusSchema,
} from "./answers.js";
import { codeRule } from "./codes.js";
import { type YunpianOptions, yunpianSettings } from "./options.js";

/** Options of a call with an effect on recipients. */
export interface YunpianSendOptions extends CallOptions {
  /** Monotonic ms, compared right before the first byte. @default no deadline */
  readonly writeBy?: number | undefined;
  /** Correlation mark, echoed in reports where support enabled it, up to 256 characters. */
  readonly uid?: string | undefined;
}

/** A period of records; epoch ms. */
export interface YunpianPeriod {
  readonly from: number;
  readonly to: number;
  /** Only of this number. @default all */
  readonly mobile?: string | undefined;
  /** From 1. @default 1 */
  readonly page?: number | undefined;
  /** 1 … 100. @default 100 */
  readonly pageSize?: number | undefined;
}

/**
 * Yunpian's API v2 over POST forms. Every call throws {@link ChannelError} with what is known about the effect.
 *
 * @see https://www.yunpian.com/official/document/sms/zh_CN/introduction_brief
 */
export interface YunpianClient {
  /** One text to one number. */
  singleSend(mobile: string, text: string, options: YunpianSendOptions): Promise<SentItem>;
  /** One text to at most 1 000 numbers; one item per number. */
  batchSend(mobiles: readonly string[], text: string, options: YunpianSendOptions): Promise<readonly SentItem[]>;
  /** At most 1 000 numbers of mainland China, each with a text of its own. */
  multiSend(
    pairs: readonly { readonly mobile: string; readonly text: string }[],
    options: YunpianSendOptions,
  ): Promise<readonly SentItem[]>;
  /** An approved template to one number. @param values by name of the variable, none empty */
  templateSend(
    mobile: string,
    templateId: string,
    values: Readonly<Record<string, string>>,
    options: YunpianSendOptions,
  ): Promise<SentItem>;
  /** An approved template with the same values to at most 1 000 numbers; the vendor advises 200. */
  templateBatchSend(
    mobiles: readonly string[],
    templateId: string,
    values: Readonly<Record<string, string>>,
    options: YunpianSendOptions,
  ): Promise<readonly SentItem[]>;
  /** The account, with its balance in yuan. */
  account(options: CallOptions): Promise<Account>;
  /** Reports that wait, at most 100. Reading takes them away: hand them on before the next call. */
  pullStatus(options: CallOptions): Promise<readonly StatusItem[]>;
  /** Replies that wait, at most 100. Reading takes them away. */
  pullReplies(options: CallOptions): Promise<readonly ReplyItem[]>;
  /** Messages that were sent in a period. */
  records(period: YunpianPeriod, options: CallOptions): Promise<readonly RecordItem[]>;
}

const PULL = { page_size: "100" };

/** Opens no connection yet. @throws {ConfigError} an option is missing or unusable */
export function yunpianClient(options: YunpianOptions): YunpianClient {
  const settings = yunpianSettings(options);
  const { apikey, baseUrl, callbackUrl } = settings;

  async function call<Schema extends z.ZodType>(
    path: string,
    kind: CallKind,
    fields: Readonly<Record<string, string>>,
    answer: Schema,
    { signal, writeBy }: YunpianSendOptions,
  ): Promise<z.output<Schema>> {
    const name = path.slice(path.lastIndexOf("/") + 1).replace(".json", "");
    const headers = {
      accept: "application/json;charset=utf-8",
      "content-type": "application/x-www-form-urlencoded;charset=utf-8",
    };
    const body = new URLSearchParams({ apikey, ...fields }).toString();
    const { status, text } = await exchange(settings, {
      name,
      kind,
      url: `${baseUrl}/${path}`,
      headers,
      body,
      signal,
      writeBy,
    });
    const json = jsonOf(text, LONG_FIELDS);
    const parsed = answer.safeParse(json);
    if (status === 200 && parsed.success) return parsed.data;
    const error = errorSchema.safeParse(json);
    if (!error.success || error.data.code === 0) throw untoldCall(name, kind, `HTTP ${status} in another form`);
    throw refusal(name, kind, error.data.code);
  }

  const marks = (options: YunpianSendOptions): Record<string, string> => ({
    ...(options.uid !== undefined && { uid: options.uid }),
    ...(callbackUrl !== undefined && { callback_url: callbackUrl }),
  });
  const dataOf = (answer: z.output<typeof batchSchema>) => answer.data;

  return {
    singleSend: (mobile, text, options) =>
      call("sms/single_send.json", "effect", { mobile, text, ...marks(options) }, sentSchema, options),
    batchSend: async (mobiles, text, options) => {
      const fields = { mobile: mobiles.join(","), text, ...marks(options) };
      return dataOf(await call("sms/batch_send.json", "effect", fields, batchSchema, options));
    },
    multiSend: async (pairs, options) => {
      const mobile = pairs.map((pair) => pair.mobile).join(",");
      // Each text is encoded by itself, so that commas in it don't part it; the form encodes the list once more.
      const text = pairs.map((pair) => encodeURIComponent(pair.text)).join(",");
      return dataOf(
        await call("sms/multi_send.json", "effect", { mobile, text, ...marks(options) }, batchSchema, options),
      );
    },
    templateSend: (mobile, templateId, values, options) => {
      const fields = { mobile, tpl_id: templateId, tpl_value: templateValue(values), ...marks(options) };
      return call("sms/tpl_single_send.json", "effect", fields, sentSchema, options);
    },
    templateBatchSend: async (mobiles, templateId, values, options) => {
      const fields = {
        mobile: mobiles.join(","),
        tpl_id: templateId,
        tpl_value: templateValue(values),
        ...marks(options),
      };
      return dataOf(await call("sms/tpl_batch_send.json", "effect", fields, batchSchema, options));
    },
    account: (options) => call("user/get.json", "harmless", {}, accountSchema, options),
    pullStatus: (options) => call("sms/pull_status.json", "harmless", PULL, z.array(statusSchema), options),
    pullReplies: (options) => call("sms/pull_reply.json", "harmless", PULL, z.array(replySchema), options),
    records: ({ from, to, mobile, page = 1, pageSize = 100 }, options) => {
      const fields = {
        start_time: shanghaiTime(from),
        end_time: shanghaiTime(to),
        page_num: String(page),
        page_size: String(pageSize),
        ...(mobile !== undefined && { mobile }),
      };
      return call("sms/get_record.json", "harmless", fields, z.array(recordSchema), options);
    },
  };
}

/** `#name#=值&#code#=1` with names and values encoded by themselves, since both may hold `#` and `&`. */
function templateValue(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${encodeURIComponent(`#${name}#`)}=${encodeURIComponent(value)}`)
    .join("&");
}

function refusal(name: string, kind: CallKind, code: number) {
  const rule = codeRule(code);
  if (rule.kind === "unknown") return untoldCall(name, kind, `code ${code}`, String(code));
  if (rule.kind === "halted") return refusedCall(name, rule.effect, String(code), { hint: rule.hint });
  if (rule.kind === "deferred") return refusedCall(name, "DEFER", String(code), { retryAfterMs: rule.ms });
  return refusedCall(name, "RECIPIENT", String(code));
}
