import { toE164 } from "../number/mobile-number.js";
import { fromShanghaiTime, shanghaiTime } from "../provider/shanghai-time.js";
import { countSegments } from "../segments/count-segments.js";
import type { YunpianAccount } from "./options.js";
import { endingOf, type TakenMessage, take, type World } from "./state.js";

/** An answer of the provider. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly code: string;
}

/** What a Yunpian call works on. */
export interface YunpianContext {
  readonly world: World;
  readonly account: YunpianAccount;
}

const SECOND = 1000;
const MAX_NUMBERS = 1000;
/** Price of one segment in yuan. */
const FEE = 0.05;

/** Names of codes as Yunpian's answers have them. */
const MESSAGES: Readonly<Record<number, string>> = {
  1: "请求参数缺失",
  2: "请求参数格式错误",
  3: "账户余额不足",
  4: "关键词屏蔽",
  5: "未自动匹配到合适的模板",
  8: "同一手机号30秒内重复提交相同的内容",
  9: "同一手机号5分钟内重复提交相同的内容超过3次",
  10: "手机号防骚扰名单过滤",
  15: "签名不匹配",
  16: "签名格式不正确",
  25: "号码和内容数量不一致",
  [-1]: "非法的apikey",
};

/** A refusal: HTTP 400, and for some codes a `msg` of null. */
function refusal(code: number, detail = MESSAGES[code] ?? "请求失败"): Answer {
  const msg = code === 33 ? null : (MESSAGES[code] ?? "请求失败");
  return { status: 400, body: JSON.stringify({ http_status_code: 400, code, msg, detail }), code: String(code) };
}

type Handler = (context: YunpianContext, form: URLSearchParams) => Answer;

/** Ids are 64 bits wide and written as numbers. */
function answered(value: unknown): Answer {
  const body = JSON.stringify(value).replace(/"sid":"(\d+)"/g, '"sid":$1');
  return { status: 200, body, code: "0" };
}

/** Everything that a call of one number can be refused for; 0: nothing. */
function faultOf({ world, account }: YunpianContext, number: string | undefined, text: string): number {
  if (number === undefined) return 2;
  if (text === "") return 1;
  const signatures = text.match(/【[^【】]+】/g) ?? [];
  if (signatures.length !== 1 || !/^【|】$/.test(text)) return signatures.length === 0 ? 5 : 16;
  if (account.signatures && !account.signatures.includes(signatures[0]?.slice(1, -1) ?? "")) return 15;
  if (account.blockedWords?.some((word) => text.includes(word))) return 4;
  if (account.templates && !account.templates.some((template) => matches(template, text))) return 5;
  if (endingOf(number) === "0006") return 10;
  if (world.balance <= 0) return 3;
  const times = world.repeats.get(`${number} ${text}`) ?? [];
  const now = world.now();
  if (times.some((at) => now - at < 30 * SECOND)) return 8;
  return times.filter((at) => now - at < 300 * SECOND).length >= 3 ? 9 : 0;
}

/** Whether a text follows a template, whose variables are `#name#`. */
function matches(template: string, text: string): boolean {
  const pattern = template
    .split(/#[^#]+#/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join(".+");
  return new RegExp(`^${pattern}$`, "su").test(text);
}

/** Sends to one number. */
function sendOne(context: YunpianContext, mobile: string, text: string, form: URLSearchParams) {
  const { world } = context;
  const number = toE164(mobile);
  const code = faultOf(context, number, text);
  if (code !== 0 || number === undefined)
    return { code, msg: MESSAGES[code] ?? "请求失败", count: 0, fee: 0, unit: "RMB", mobile };
  const key = `${number} ${text}`;
  world.repeats.set(key, [
    ...(world.repeats.get(key) ?? []).filter((at) => world.now() - at < 300 * SECOND),
    world.now(),
  ]);
  const { uid, callback } = { uid: form.get("uid") ?? "", callback: form.get("callback_url") ?? undefined };
  const { id } = take(world, { provider: "yunpian", to: number, text, mark: uid, callbackUrl: callback });
  const { segments } = countSegments(text);
  return { code: 0, msg: "发送成功", count: segments, fee: segments * FEE, unit: "RMB", mobile, sid: id };
}

function sendMany(
  context: YunpianContext,
  pairs: readonly (readonly [mobile: string, text: string])[],
  form: URLSearchParams,
): Answer {
  if (pairs.length === 0 || pairs.length > MAX_NUMBERS) return refusal(pairs.length === 0 ? 1 : 2);
  const data = pairs.map(([mobile, text]) => sendOne(context, mobile, text, form));
  const count = data.reduce((sum, item) => sum + item.count, 0);
  return answered({ total_count: count, total_fee: (count * FEE).toFixed(4), unit: "RMB", data });
}

function single(context: YunpianContext, mobile: string, text: string, form: URLSearchParams): Answer {
  if (mobile.includes(",")) return refusal(2);
  const item = sendOne(context, mobile, text, form);
  return item.code === 0 ? answered(item) : refusal(item.code);
}

/** A template with its values; undefined: there is no such template, or a value is missing. */
function filled({ account }: YunpianContext, form: URLSearchParams): string | undefined {
  const template = account.numberedTemplates?.[form.get("tpl_id") ?? ""];
  if (template === undefined) return undefined;
  const values = new Map(
    (form.get("tpl_value") ?? "")
      .split("&")
      .filter((pair) => pair !== "")
      .map((pair): [string, string] => {
        const [name = "", value = ""] = pair.split("=");
        return [decodeURIComponent(name), decodeURIComponent(value)];
      }),
  );
  const names = template.match(/#[^#]+#/g) ?? [];
  return names.every((name) => values.get(name))
    ? template.replace(/#[^#]+#/g, (name) => values.get(name) ?? "")
    : undefined;
}

const listOf = (form: URLSearchParams, field: string) =>
  (form.get(field) ?? "").split(",").filter((part) => part !== "");

const HANDLERS: Readonly<Record<string, Handler>> = {
  single_send: (context, form) => single(context, form.get("mobile") ?? "", form.get("text") ?? "", form),
  batch_send: (context, form) => {
    const text = form.get("text") ?? "";
    return sendMany(
      context,
      listOf(form, "mobile").map((mobile) => [mobile, text] as const),
      form,
    );
  },
  multi_send: (context, form) => {
    const mobiles = listOf(form, "mobile");
    const texts = (form.get("text") ?? "").split(",").map(decodeURIComponent);
    if (mobiles.length !== texts.length) return refusal(25);
    return sendMany(
      context,
      mobiles.map((mobile, at) => [mobile, texts[at] ?? ""] as const),
      form,
    );
  },
  tpl_single_send: (context, form) => {
    const text = filled(context, form);
    return text === undefined ? refusal(5) : single(context, form.get("mobile") ?? "", text, form);
  },
  tpl_batch_send: (context, form) => {
    const text = filled(context, form);
    return text === undefined
      ? refusal(5)
      : sendMany(
          context,
          listOf(form, "mobile").map((mobile) => [mobile, text] as const),
          form,
        );
  },
  pull_status: ({ world, account }, form) => {
    const reports = world.reports.filter(({ provider }) => provider === "yunpian").slice(0, pageSize(form, 20));
    world.reports = world.reports.filter((report) => !reports.includes(report));
    return answered(reports.map((report) => statusOf(report, account)));
  },
  pull_reply: ({ world }, form) => {
    const replies = world.replies.slice(0, pageSize(form, 20));
    world.replies = world.replies.filter((one) => !replies.includes(one));
    return answered(
      replies.map(({ id, from, text, at }) => ({
        id,
        mobile: bare(from),
        text,
        reply_time: shanghaiTime(at),
        extend: "",
        base_extend: "8888",
        _sign: null,
      })),
    );
  },
  get_record: ({ world, account }, form) => {
    const from = fromShanghaiTime(form.get("start_time") ?? "");
    const to = fromShanghaiTime(form.get("end_time") ?? "");
    if (from === undefined || to === undefined) return refusal(2);
    const number = form.get("mobile") ? toE164(form.get("mobile") ?? "") : undefined;
    const size = pageSize(form, 20);
    const start = (Number(form.get("page_num") ?? 1) - 1) * size;
    const found = world.messages.filter(
      (one) =>
        one.provider === "yunpian" &&
        one.takenAt >= from &&
        one.takenAt < to + SECOND &&
        (number === undefined || one.to === number),
    );
    return answered(found.slice(start, start + size).map((one) => recordOf(one, account)));
  },
  get: ({ world }) =>
    answered({
      nick: "simulator",
      mobile: "13800000000",
      api_version: "v2",
      alarm_balance: 10,
      balance: Number.isFinite(world.balance) ? world.balance * FEE : 100_000,
    }),
};

function pageSize(form: URLSearchParams, usual: number): number {
  return Math.min(Math.max(Number(form.get("page_size") ?? usual) || usual, 1), 100);
}

/** Numbers of mainland China go without `+86`. */
export function bare(number: string): string {
  return number.replace(/^\+86/, "");
}

/** A report as Yunpian tells it. */
export function statusOf({ id, to, fate, takenAt, mark }: TakenMessage, { echoesUid = false }: YunpianAccount) {
  return {
    sid: id,
    uid: echoesUid && mark !== "" ? mark : null,
    mobile: bare(to),
    report_status: fate === "delivered" ? "SUCCESS" : "FAIL",
    error_msg: fate === "delivered" ? "DELIVRD" : "DB:0103",
    error_detail: "",
    user_receive_time: shanghaiTime(takenAt),
  };
}

function recordOf(message: TakenMessage, { echoesUid = false }: YunpianAccount) {
  const { id, to, text, takenAt, fate, mark } = message;
  return {
    sid: id,
    mobile: bare(to),
    send_time: shanghaiTime(takenAt),
    text,
    send_status: "SUCCESS",
    report_status: fate === "delivered" ? "SUCCESS" : fate === "failed" ? "FAIL" : "UNKNOWN",
    fee: countSegments(text).segments,
    user_receive_time: fate === "delivered" ? shanghaiTime(takenAt) : null,
    error_msg: null,
    uid: echoesUid && mark !== "" ? mark : null,
  };
}

/** Name of the call of a path: `single_send` of `/v2/sms/single_send.json`. */
export function yunpianCallOf(path: string): string | undefined {
  const name = /^\/v2\/(?:sms|user)\/(\w+)\.json$/.exec(path)?.[1];
  return name !== undefined && name in HANDLERS ? name : undefined;
}

/** Answers a call. @param name of `yunpianCallOf` */
export function answerYunpian(context: YunpianContext, name: string, form: URLSearchParams): Answer {
  if (form.get("apikey") !== context.account.apikey) return refusal(-1);
  return HANDLERS[name]?.(context, form) ?? refusal(-7);
}
