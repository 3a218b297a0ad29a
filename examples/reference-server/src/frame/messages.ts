import type { InputIssue } from "@recallkit/core";
import type { Language, Text } from "./language.js";

/** Texts of errors by code. Codes without a text take that of their status. */
const MESSAGES: Readonly<Record<string, Text>> = {
  "input.invalid": { zh: "请求参数有误", en: "The request is invalid" },
  "http.malformed": { zh: "请求无法解析", en: "The request cannot be read" },
  "http.malformed-json": { zh: "请求体不是有效的 JSON", en: "The body is not valid JSON" },
  "http.body-too-large": { zh: "请求体超过 1 MB", en: "The body is larger than 1 MB" },
  "http.unsupported-media-type": {
    zh: "请求体必须是 UTF-8 编码的 application/json",
    en: "The body must be application/json in UTF-8",
  },
  "http.not-found": { zh: "接口不存在", en: "There is no such route" },
  "http.method-not-allowed": { zh: "接口不支持该请求方法", en: "The route does not take this method" },
  "http.unavailable": { zh: "服务暂时不可用，请稍后重试", en: "The service is unavailable for the moment; try again" },
  "auth.required": { zh: "未登录或登录已过期", en: "Log in first: the token is missing, wrong or expired" },
  "auth.forbidden": { zh: "没有权限", en: "You may not do this" },
  // Both are the documented answer of the login, which is never translated.
  "auth.wrong-credentials": { zh: "用户名或密码错误", en: "用户名或密码错误" },
  "auth.busy": { zh: "登录请求过多，请稍后重试", en: "Too many logins at once; try again" },
  "http.idempotency-key": { zh: "应为 1-255 个可见 ASCII 字符", en: "must be 1 to 255 printable ASCII characters" },
  "rule.not-found": { zh: "推送不存在", en: "There is no such push" },
  "rule.name-taken": { zh: "推送名称已存在", en: "The name of the push is taken" },
  "rule.paused": { zh: "推送已暂停", en: "The push is paused" },
  "content.unknown-variable": { zh: "包含未知变量 {name}", en: "holds the unknown variable {name}" },
  "occurrence.not-found": { zh: "推送批次记录不存在", en: "There is no such occurrence" },
  "storage.busy": { zh: "数据库繁忙，请稍后重试", en: "The database is busy; try again" },
  "storage.unavailable": {
    zh: "数据库暂时不可用，请稍后重试",
    en: "The database is unavailable for the moment; try again",
  },
  "internal.error": { zh: "服务器内部错误", en: "Internal error" },
};

const BY_STATUS: Readonly<Record<number, string>> = {
  400: "input.invalid",
  401: "auth.required",
  403: "auth.forbidden",
  404: "http.not-found",
  503: "http.unavailable",
};

const CONFLICT: Text = { zh: "与当前状态冲突", en: "The present state forbids it" };

/** The text of an error in a language. */
export function messageOf(code: string, status: number, language: Language): string {
  const text = MESSAGES[code] ?? (status === 409 ? CONFLICT : MESSAGES[BY_STATUS[status] ?? "internal.error"]);
  return text?.[language] ?? code;
}

/** The text of one fault in a language; faults whose code has none keep their own. */
export function faultMessage({ code, message, params = {} }: InputIssue, language: Language): string {
  const text = MESSAGES[code]?.[language];
  return text === undefined ? message : text.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ""));
}
