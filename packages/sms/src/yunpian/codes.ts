import { auth, bug, type CodeRule, config, deferred, refused, slower, WAITS } from "../provider/code-rule.js";

/**
 * Codes of answers and of single numbers in them.
 *
 * @see https://github.com/yunpian/yunpian-java-sdk class Code
 * @see https://www.yunpian.com/official/document/sms/zh_CN/returnvalue_list
 */
const RULES: ReadonlyMap<number, CodeRule> = new Map<number, CodeRule>([
  [1, refused("invalid_parameter")],
  [2, refused("invalid_address")],
  [3, config("the balance of the Yunpian account is too low")],
  [4, refused("content_rejected")],
  [5, config("the text matches no approved template of the account")],
  [6, config("a template could not be added")],
  [7, config("the template is in review or was refused")],
  [8, refused("duplicate_content")],
  [9, deferred(WAITS.minutes5)],
  [10, refused("provider_blacklist")],
  [11, bug("GET is not supported")],
  [12, bug("POST is not supported")],
  [13, deferred(WAITS.hours6)],
  [14, refused("content_rejected")],
  [15, config("the signature is not one of the account's")],
  [16, config("the text needs exactly one 【signature】")],
  [17, deferred(WAITS.day)],
  [20, refused("country_not_supported")],
  [22, deferred(WAITS.hour)],
  [23, refused("country_not_supported")],
  [25, bug("the numbers of mobiles and texts differ")],
  [26, config("the data package is at fault")],
  [27, config("billing is not enabled")],
  [28, refused("carrier_not_supported")],
  [33, deferred(WAITS.seconds30)],
  [40, config("the allow-list is not enabled")],
  [43, deferred(WAITS.day)],
  [48, refused("content_rejected")],
  [-1, auth("the apikey is not valid")],
  [-2, config("the account may not call this API")],
  [-3, config("the address of this machine is not on the account's allow-list")],
  [-4, slower],
  [-5, slower],
  [-6, config("the account may not send batches")],
  [-7, bug("the request was not understood")],
  [-8, config("the product is not supported")],
  [-50, { kind: "unknown" }],
  [-51, { kind: "unknown" }],
  [-53, { kind: "unknown" }],
  [-57, config("the fixed signature is missing")],
]);

/** The rule of a code. Positive ones mean the caller's fault, -1 … -49 permission, -50 and below a fault inside. */
export function codeRule(code: number): CodeRule {
  const rule = RULES.get(code);
  if (rule) return rule;
  if (code <= -50) return { kind: "unknown" };
  return code < 0 ? config(`code ${code}`) : refused("rejected_by_provider");
}
