import type { IncomingHttpHeaders } from "node:http";
import { signedHeaders } from "../aliyun/sign.js";
import { toE164 } from "../number/mobile-number.js";
import { shanghaiTime } from "../provider/shanghai-time.js";
import { countSegments } from "../segments/count-segments.js";
import { endingOf, type TakenMessage, take, type World } from "./state.js";
import { type Answer, bare } from "./yunpian-calls.js";

/** What an Aliyun call works on. */
export interface AliyunContext {
  readonly world: World;
  readonly account: {
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly templates?: Readonly<Record<string, string>>;
  };
  /** Nonces that were used. */
  readonly nonces: Set<string>;
}

const SKEW_MS = 15 * 60_000;
const MAX_NUMBERS = 1000;
/** Any template: its text is its values. */
const ANY_TEMPLATE = "*";

const answer = (status: number, code: string, more: object = {}): Answer => ({
  status,
  code,
  body: JSON.stringify({ RequestId: "00000000-0000-4000-8000-000000000000", Code: code, Message: code, ...more }),
});

/** Why a call's signature is refused; undefined: it isn't. */
function signatureFault(
  { world, account, nonces }: AliyunContext,
  headers: IncomingHttpHeaders,
  query: Record<string, string>,
) {
  const text = (name: string) => String(headers[name] ?? "");
  const at = Date.parse(text("x-acs-date"));
  if (Number.isNaN(at) || Math.abs(world.now() - at) > SKEW_MS) return "InvalidTimeStamp.Expired";
  const nonce = text("x-acs-signature-nonce");
  if (nonce === "" || nonces.has(nonce)) return "SignatureNonceUsed";
  if (!text("authorization").includes(`Credential=${account.accessKeyId},`)) return "InvalidAccessKeyId.NotFound";
  const expected = signedHeaders({
    host: text("host"),
    action: text("x-acs-action"),
    version: text("x-acs-version"),
    query,
    at,
    nonce,
    ...account,
  });
  if (expected.authorization !== text("authorization")) return "SignatureDoesNotMatch";
  nonces.add(nonce);
  return undefined;
}

/** Answers a call of Dysmsapi. */
export function answerAliyun(context: AliyunContext, headers: IncomingHttpHeaders, search: URLSearchParams): Answer {
  const query = Object.fromEntries(search);
  const fault = signatureFault(context, headers, query);
  if (fault !== undefined) return answer(fault === "SignatureNonceUsed" ? 400 : 403, fault);
  const action = headers["x-acs-action"];
  if (action === "SendSms") return sendSms(context, query);
  if (action === "QuerySendDetails") return querySendDetails(context, query);
  return answer(404, "InvalidAction.NotFound");
}

function sendSms({ world, account }: AliyunContext, query: Record<string, string>): Answer {
  const numbers = (query.PhoneNumbers ?? "").split(",").map((number) => toE164(number));
  if (numbers.length > MAX_NUMBERS) return answer(200, "isv.MOBILE_COUNT_OVER_LIMIT");
  if (numbers.includes(undefined)) return answer(200, "isv.MOBILE_NUMBER_ILLEGAL");
  if (!query.SignName || /[【】]/.test(query.SignName)) return answer(200, "isv.SMS_SIGNATURE_ILLEGAL");
  const template = account.templates ? account.templates[query.TemplateCode ?? ""] : ANY_TEMPLATE;
  if (template === undefined || !query.TemplateCode) return answer(200, "isv.SMS_TEMPLATE_ILLEGAL");
  const params = paramsOf(query.TemplateParam ?? "{}");
  if (!params) return answer(200, "isv.INVALID_JSON_PARAM");
  if (Object.values(params).some((value) => /https?:\/\//.test(value))) return answer(200, "isv.PARAM_NOT_SUPPORT_URL");
  const names = [...template.matchAll(/\$\{(\w+)\}/g)].map(([, name = ""]) => name);
  if (names.some((name) => !params[name])) return answer(200, "isv.TEMPLATE_MISSING_PARAMETERS");
  if (world.balance < numbers.length) return answer(200, "isv.AMOUNT_NOT_ENOUGH");
  if (numbers.some((number) => endingOf(number ?? "") === "0006")) return answer(200, "isv.MOBILE_NUMBER_ILLEGAL");
  const body =
    template === ANY_TEMPLATE
      ? Object.values(params).join(" ")
      : template.replace(/\$\{(\w+)\}/g, (_, name: string) => params[name] ?? "");
  const text = `【${query.SignName}】${body}`;
  const taken = numbers.map((number) =>
    take(world, { provider: "aliyun", to: number ?? "", text, mark: query.OutId ?? "", callbackUrl: undefined }),
  );
  return answer(200, "OK", { BizId: taken[0]?.id });
}

function paramsOf(json: string): Record<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]));
  } catch {
    return undefined;
  }
}

function querySendDetails({ world }: AliyunContext, query: Record<string, string>): Answer {
  const number = toE164(query.PhoneNumber ?? "");
  const day = query.SendDate ?? "";
  if (number === undefined || !/^\d{8}$/.test(day)) return answer(200, "isv.INVALID_PARAMETERS");
  const size = Math.min(Number(query.PageSize) || 10, 50);
  const start = ((Number(query.CurrentPage) || 1) - 1) * size;
  const found = world.messages.filter(
    ({ provider, to, takenAt }) =>
      provider === "aliyun" && to === number && shanghaiTime(takenAt).slice(0, 10).replaceAll("-", "") === day,
  );
  const SmsSendDetailDTO = found.slice(start, start + size).map(detailOf);
  return answer(200, "OK", { TotalCount: String(found.length), SmsSendDetailDTOs: { SmsSendDetailDTO } });
}

function detailOf({ id, to, text, takenAt, fate, mark }: TakenMessage) {
  return {
    PhoneNum: bare(to),
    SendStatus: fate === "delivered" ? 3 : fate === "failed" ? 2 : 1,
    ErrCode: fate === "delivered" ? "DELIVERED" : "",
    Content: text,
    SendDate: shanghaiTime(takenAt),
    OutId: mark,
    BizId: id,
  };
}

/** A report as Aliyun pushes it. */
export function aliyunReportOf({ id, to, text, takenAt, fate, mark }: TakenMessage) {
  return {
    phone_number: bare(to),
    send_time: shanghaiTime(takenAt),
    report_time: shanghaiTime(takenAt),
    success: fate === "delivered",
    err_code: fate === "delivered" ? "DELIVERED" : "MOBILE_NOT_ON_SERVICE",
    err_msg: "",
    sms_size: String(countSegments(text).segments),
    biz_id: id,
    out_id: mark,
  };
}
