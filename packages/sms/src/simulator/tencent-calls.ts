import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import { toE164 } from "../number/mobile-number.js";
import { shanghaiTime } from "../provider/shanghai-time.js";
import { countSegments } from "../segments/count-segments.js";
import { authorizationOf } from "../tencent/sign.js";
import { endingOf, type TakenMessage, take, type World } from "./state.js";
import { type Answer, bare } from "./yunpian-calls.js";

/** What a Tencent call works on. */
export interface TencentContext {
  readonly world: World;
  readonly account: {
    readonly secretId: string;
    readonly secretKey: string;
    readonly sdkAppId: string;
    readonly templates?: Readonly<Record<string, string>>;
  };
}

const SKEW_MS = 5 * 60_000;
const MAX_NUMBERS = 200;
const bodySchema = z.object({
  PhoneNumberSet: z.array(z.string()).min(1),
  SmsSdkAppId: z.string(),
  SignName: z.string().optional(),
  TemplateId: z.string(),
  TemplateParamSet: z.array(z.string()).default([]),
  SessionContext: z.string().default(""),
});

/** HTTP 200 whatever is wrong. */
const failed = (code: string): Answer => ({
  status: 200,
  code,
  body: JSON.stringify({ Response: { Error: { Code: code, Message: code }, RequestId: "simulator" } }),
});

/** Answers a call of the SMS API. */
export function answerTencent({ world, account }: TencentContext, headers: IncomingHttpHeaders, body: string): Answer {
  const at = Number(headers["x-tc-timestamp"]) * 1000;
  if (!(Math.abs(world.now() - at) <= SKEW_MS)) return failed("AuthFailure.SignatureExpire");
  const { secretId, secretKey, sdkAppId, templates } = account;
  const expected = authorizationOf({ host: String(headers.host), body, at, secretId, secretKey });
  if (headers.authorization !== expected) return failed("AuthFailure.SignatureFailure");
  if (headers["x-tc-action"] !== "SendSms" || !headers["x-tc-region"]) return failed("InvalidParameter");
  const request = bodySchema.safeParse(jsonOf(body));
  if (!request.success) return failed("InvalidParameter");
  const { PhoneNumberSet, SmsSdkAppId, SignName, TemplateId, TemplateParamSet, SessionContext } = request.data;
  if (SmsSdkAppId !== sdkAppId) return failed("InvalidParameterValue.SdkAppIdNotExist");
  if (PhoneNumberSet.length > MAX_NUMBERS) return failed("LimitExceeded.PhoneNumberCountLimit");
  const numbers = PhoneNumberSet.map((number) => toE164(number));
  const mainland = numbers.filter((number) => number?.startsWith("+86"));
  if (mainland.length > 0 && mainland.length < numbers.length)
    return failed("UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber");
  if (mainland.length > 0 && !SignName) return failed("FailedOperation.SignatureIncorrectOrUnapproved");
  const template = templates ? templates[TemplateId] : "{*}";
  if (template === undefined) return failed("FailedOperation.TemplateIncorrectOrUnapproved");
  const wanted = new Set(template.match(/\{\d+\}/g) ?? []).size;
  if (templates && wanted !== TemplateParamSet.length)
    return failed("FailedOperation.TemplateParamSetNotMatchApprovedTemplate");
  if (TemplateParamSet.some((value) => /https?:\/\//.test(value)))
    return failed("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter");
  const filled =
    template === "{*}"
      ? TemplateParamSet.join(" ")
      : template.replace(/\{(\d+)\}/g, (_, place: string) => TemplateParamSet[Number(place) - 1] ?? "");
  const text = `${SignName ? `【${SignName}】` : ""}${filled}`;
  const SendStatusSet = numbers.map((number, place) => {
    const PhoneNumber = number ?? PhoneNumberSet[place] ?? "";
    const Code = codeOf(world, number);
    const taken =
      Code === "Ok" && number
        ? take(world, { provider: "tencent", to: number, text, mark: SessionContext, callbackUrl: undefined })
        : undefined;
    return {
      SerialNo: taken?.id ?? "",
      PhoneNumber,
      Fee: taken ? countSegments(text).segments : 0,
      SessionContext,
      Code,
      Message: Code,
      IsoCode: "CN",
    };
  });
  return {
    status: 200,
    code: SendStatusSet[0]?.Code ?? "",
    body: JSON.stringify({ Response: { SendStatusSet, RequestId: "simulator" } }),
  };
}

function codeOf(world: World, number: string | undefined): string {
  if (number === undefined) return "InvalidParameterValue.IncorrectPhoneNumber";
  if (endingOf(number) === "0006") return "FailedOperation.PhoneNumberInBlacklist";
  return world.balance > 0 ? "Ok" : "FailedOperation.InsufficientBalanceInSmsPackage";
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A report as Tencent pushes it. */
export function tencentReportOf({ id, to, takenAt, fate, mark }: TakenMessage) {
  return {
    user_receive_time: shanghaiTime(takenAt),
    nationcode: "86",
    mobile: bare(to),
    report_status: fate === "delivered" ? "SUCCESS" : "FAIL",
    errmsg: fate === "delivered" ? "DELIVRD" : "UNDELIV",
    description: "",
    sid: id,
    ext: mark,
  };
}
