import type { Texts } from "./language.js";

/** Texts of the errors that this package itself answers with. */
export const FRAME_TEXTS: Texts = {
  "input.invalid": { zh: "请求参数有误", en: "The request is invalid" },
  "http.malformed": { zh: "请求无法解析", en: "The request cannot be read" },
  "http.malformed-json": { zh: "请求体不是有效的 JSON", en: "The body is not valid JSON" },
  "http.malformed-text": { zh: "请求体不是有效的 UTF-8", en: "The body is not valid UTF-8" },
  "http.body-too-large": { zh: "请求体过大", en: "The body is too large" },
  "http.unsupported-media-type": {
    zh: "请求体的类型不支持，一般应为 UTF-8 编码的 application/json",
    en: "The media type of the body is not supported; most routes take application/json in UTF-8",
  },
  "http.not-found": { zh: "接口不存在", en: "There is no such route" },
  "http.method-not-allowed": { zh: "接口不支持该请求方法", en: "The route does not take this method" },
  "http.unavailable": { zh: "服务暂时不可用，请稍后重试", en: "The service is unavailable for the moment; try again" },
  "auth.required": { zh: "未登录或登录已过期", en: "Log in first: the token is missing, wrong or expired" },
  "auth.forbidden": { zh: "没有权限", en: "You may not do this" },
  "idempotency.running": { zh: "相同的请求正在处理，请稍后重试", en: "The same request is being worked on; try again" },
  "idempotency.mismatch": {
    zh: "Idempotency-Key 已用于另一个请求",
    en: "The Idempotency-Key was used for another request",
  },
  "idempotency.outcome-unknown": {
    zh: "上一次相同的请求中断，结果未知；请先查询，再用新的 Idempotency-Key 提交",
    en: "The same request was cut off and nobody knows its outcome; look first, then use another Idempotency-Key",
  },
  "http.too-many-requests": { zh: "请求过于频繁，请稍后重试", en: "Too many requests; try again later" },
  "http.body-too-deep": { zh: "请求体嵌套超过 32 层", en: "The body is nested deeper than 32 levels" },
  "http.too-many-entries": { zh: "请求体超过 10000 项", en: "The body has more than 10,000 entries" },
  "http.malformed-row": { zh: "不是一行有效的 JSON", en: "is not a line of valid JSON" },
  "http.too-many-rows": {
    zh: "最多 {most} 行，请分多次提交",
    en: "at most {most} rows; send the others in another request",
  },
  "http.idempotency-key": { zh: "应为 1-255 个可见 ASCII 字符", en: "must be 1 to 255 printable ASCII characters" },
  "internal.error": { zh: "服务器内部错误", en: "Internal error" },
  "auth.unavailable": {
    zh: "暂时无法验证身份，请稍后重试",
    en: "Who you are cannot be checked at the moment; try again",
  },
  // Mistakes of the host, which the caller need not know; the log names them.
  "auth.malformed-caller": { zh: "服务器内部错误", en: "Internal error" },
  "http.body-consumed": { zh: "服务器内部错误", en: "Internal error" },
};
