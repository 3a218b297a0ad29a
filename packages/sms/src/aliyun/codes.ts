import { auth, bug, type CodeRule, config, deferred, refused, slower, WAITS } from "../provider/code-rule.js";

/** Codes that say one thing. @see https://help.aliyun.com/zh/sms/developer-reference/api-error-codes */
const RULES: ReadonlyMap<string, CodeRule> = new Map<string, CodeRule>([
  ["isv.DAY_LIMIT_CONTROL", config("the daily limit of the account is used up")],
  ["isv.MONTH_LIMIT_CONTROL", config("the monthly limit of the account is used up")],
  ["isv.MOBILE_NUMBER_ILLEGAL", refused("invalid_address")],
  ["isv.MOBILE_COUNT_OVER_LIMIT", bug("too many numbers in a call")],
  ["isv.TEMPLATE_MISSING_PARAMETERS", refused("invalid_parameter")],
  ["isv.INVALID_JSON_PARAM", refused("invalid_parameter")],
  ["isv.PARAM_LENGTH_LIMIT", refused("invalid_parameter")],
  ["isv.PARAM_NOT_SUPPORT_URL", refused("link_in_variable")],
  ["isv.BLACK_KEY_CONTROL_LIMIT", refused("content_rejected")],
  ["isv.SMS_CONTENT_ILLEGAL", refused("content_rejected")],
  ["isv.DOMESTIC_NUMBER_NOT_SUPPORTED", refused("country_not_supported")],
  ["isv.AMOUNT_NOT_ENOUGH", config("the balance of the Aliyun account is too low")],
  ["isv.OUT_OF_SERVICE", config("the Aliyun account is out of service")],
  ["isv.EXTEND_CODE_ERROR", config("one extension code belongs to several signatures")],
  ["isv.DENY_IP_RANGE", config("calls must come from mainland China")],
  ["isp.RAM_PERMISSION_DENY", config("the access key may not send SMS")],
  ["isp.SYSTEM_ERROR", { kind: "unknown" }],
  ["InvalidAccessKeyId.NotFound", auth("the access key is not valid")],
  ["SignatureDoesNotMatch", auth("the access key secret is not valid")],
  ["IncompleteSignature", auth("the signature is not complete")],
]);

/** Of whole families of codes. */
const FAMILIES: readonly (readonly [pattern: RegExp, rule: CodeRule])[] = [
  [/SIGN(ATURE)?_.*ILLEGAL|SIGN_/, config("the signature is not usable")],
  [/TEMPLATE.*ILLEGAL/, config("the template is not usable")],
  [/PRODUCT_UN|ACCOUNT_/, config("the Aliyun account is not usable")],
  [/^Throttling/, slower],
  [/^(InternalError|ServiceUnavailable)/, { kind: "unknown" }],
];

/** The rule of a code. @param message names the window of a frequency control: 分钟级, 小时级, 天级 */
export function codeRule(code: string, message: string): CodeRule {
  if (code === "isv.BUSINESS_LIMIT_CONTROL") {
    if (/分钟|minute/i.test(message)) return deferred(60_000);
    return deferred(/小时|hour/i.test(message) ? WAITS.hour : WAITS.day);
  }
  return RULES.get(code) ?? FAMILIES.find(([pattern]) => pattern.test(code))?.[1] ?? refused("rejected_by_provider");
}
