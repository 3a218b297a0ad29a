import { auth, bug, type CodeRule, config, deferred, refused, slower, WAITS } from "../provider/code-rule.js";

/** @see https://cloud.tencent.com/document/api/382/55981 error codes of SendSms */
const RULES: ReadonlyMap<string, CodeRule> = new Map<string, CodeRule>([
  ["LimitExceeded.PhoneNumberThirtySecondLimit", deferred(WAITS.seconds30)],
  ["LimitExceeded.PhoneNumberOneHourLimit", deferred(WAITS.hour)],
  ["LimitExceeded.PhoneNumberDailyLimit", deferred(WAITS.day)],
  ["LimitExceeded.PhoneNumberSameContentDailyLimit", deferred(WAITS.day)],
  ["LimitExceeded.DeliveryFrequencyLimit", deferred(WAITS.minutes5)],
  ["LimitExceeded.PhoneNumberCountLimit", bug("too many numbers in a call")],
  ["LimitExceeded.AppDailyLimit", config("the daily limit of the app is used up")],
  ["LimitExceeded.AppMainlandChinaDailyLimit", config("the daily limit of the app is used up")],
  ["FailedOperation.PhoneNumberInBlacklist", refused("provider_blacklist")],
  ["FailedOperation.ContainSensitiveWord", refused("content_rejected")],
  ["FailedOperation.SignatureIncorrectOrUnapproved", config("the signature is not approved")],
  ["FailedOperation.TemplateIncorrectOrUnapproved", config("the template is not approved")],
  ["FailedOperation.TemplateParamSetNotMatchApprovedTemplate", config("the values don't fit the template")],
  ["FailedOperation.InsufficientBalanceInSmsPackage", config("the package of the Tencent account is used up")],
  ["UnauthorizedOperation.SerivceSuspendDueToArrears", config("the Tencent account is in arrears")],
  [
    "UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny",
    config("personal accounts may not send marketing"),
  ],
  ["InvalidParameterValue.IncorrectPhoneNumber", refused("invalid_address")],
  ["InvalidParameterValue.ContentLengthLimit", refused("invalid_parameter")],
  ["InvalidParameterValue.TemplateParameterLengthLimit", refused("invalid_parameter")],
  ["InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", refused("link_in_variable")],
  ["InternalError.Timeout", { kind: "unknown" }],
  ["InternalError.SendAndRecvFail", { kind: "unknown" }],
]);

/** First of the hours in which marketing may go out, in Shanghai. */
const OPENS_AT_HOUR = 8;
const OFFSET_MS = 8 * 3_600_000;
const DAY = 86_400_000;

/** The rule of a code. @param now epoch ms */
export function codeRule(code: string, now: number): CodeRule {
  if (code === "FailedOperation.MarketingSendTimeConstraint") {
    const inDay = (now + OFFSET_MS) % DAY;
    const opensIn = OPENS_AT_HOUR * 3_600_000 - inDay;
    return deferred(opensIn > 0 ? opensIn : opensIn + DAY);
  }
  const rule = RULES.get(code);
  if (rule) return rule;
  if (code.startsWith("AuthFailure")) return auth("the secret id or key is not valid");
  if (code.startsWith("RequestLimitExceeded")) return slower;
  if (code.startsWith("InternalError")) return { kind: "unknown" };
  if (code.startsWith("UnauthorizedOperation")) return config(code);
  return refused("rejected_by_provider");
}
