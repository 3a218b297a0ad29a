import type { InputIssue } from "@recallkit/core";
import type { Language, Text } from "./language.js";

/** Texts of errors by code. Codes without a text take that of their status. */
const MESSAGES: Readonly<Record<string, Text>> = {
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
  // Both are the documented answer of the login, which is never translated.
  "auth.wrong-credentials": { zh: "用户名或密码错误", en: "用户名或密码错误" },
  "auth.busy": { zh: "登录请求过多，请稍后重试", en: "Too many logins at once; try again" },
  "auth.locked": { zh: "登录失败次数过多，请 15 分钟后再试", en: "Too many failed logins; try again in 15 minutes" },
  "auth.slowed": {
    zh: "该用户名登录失败次数过多，请稍后再试",
    en: "Too many failed logins of this name; try again shortly",
  },
  "auth.wrong-password": { zh: "密码不正确", en: "is not the password" },
  "user.not-found": { zh: "用户不存在", en: "There is no such user" },
  "user.name-taken": { zh: "用户名已存在", en: "The name of the user is taken" },
  "user.last-admin": { zh: "至少要保留一个管理员", en: "The last admin has to stay" },
  "user.shared": { zh: "该用户还属于其他商户，只能由平台管理员修改密码", en: "The user belongs to other tenants too" },
  "session.not-found": { zh: "会话不存在", en: "There is no such session" },
  "api-key.not-found": { zh: "API 密钥不存在", en: "There is no such API key" },
  "tenant.not-found": { zh: "商户不存在", en: "There is no such tenant" },
  "tenant.currency-fixed": {
    zh: "商户已有订单，不能更改币种",
    en: "The tenant has orders; its currency can't be changed any more",
  },
  "channel-account.not-found": { zh: "没有配置该渠道账号", en: "There is no such channel account" },
  "time.past": { zh: "应晚于当前时间", en: "must be in the future" },
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
  "customer.not-found": { zh: "客户不存在", en: "There is no such customer" },
  "suppression.not-found": { zh: "免打扰记录不存在", en: "There is no such suppression" },
  "batch.not-found": { zh: "批次不存在", en: "There is no such batch" },
  "review.closed": {
    zh: "该批次不在核实中：已有结论，或服务商的迟到答复已到",
    en: "The batch is not in review: somebody decided, or a late answer came",
  },
  "review.too-late": {
    zh: "该次推送已过期或已结束，不能重发",
    en: "The occurrence has expired or ended; the batch can't go out again",
  },
  "dead-letter.closed": { zh: "该批次不是死信", en: "The batch is not a dead letter" },
  "occurrence.finished": {
    zh: "该次推送已结束，没有可取消的内容",
    en: "The occurrence is over; nothing is left to cancel",
  },
  "occurrence.nothing-waiting": { zh: "没有等待成员确认的任务", en: "No task is waiting for staff" },
  "channel.test-unavailable": { zh: "该渠道不能给成员发送测试消息", en: "The channel can't message staff" },
  "channel.remind-unavailable": { zh: "该渠道不能提醒成员", en: "The channel can't remind staff" },
  "channel.not-configured": { zh: "渠道尚未配置", en: "The channel is not configured" },
  "channel.unavailable": { zh: "服务商没有答复", en: "The provider did not answer" },
  "channel.no-answer": { zh: "服务商没有在规定时间内答复", en: "The provider did not answer in time" },
  "channel.malformed-response": { zh: "服务商的答复无法识别", en: "The provider's answer could not be understood" },
  "channel.content-refused": { zh: "该渠道不能发送此内容", en: "The channel can't send this content" },
  "channel.misconfigured": { zh: "渠道配置不完整或不正确", en: "The channel's settings are incomplete or wrong" },
  "channel.unauthorized": { zh: "服务商不接受该账号的凭证", en: "The provider refuses the account's credentials" },
  "channel.throttled": { zh: "服务商限流，请稍后重试", en: "The provider wants fewer calls; try again later" },
  "channel.unnamed": { zh: "须指定渠道", en: "A channel must be named" },
  "content.personal-variable": {
    zh: "该渠道一次发送同一文本，不能使用 {name}",
    en: "The channel sends one text to all and can't say {name}",
  },
  "content.variable-needs-default": {
    zh: "变量 {name} 需要默认值",
    en: "The variable {name} needs a value for people who have none",
  },
  "image.host-not-listed": {
    zh: "图片域名未加入 MEDIA_HOSTS，发送时会被拒绝",
    en: "The image's host is not listed in MEDIA_HOSTS; it would be refused when it is sent",
  },
  "image.not-found": { zh: "图片不存在", en: "There is no such image" },
  "image.unsupported": { zh: "图片不是 JPG 或 PNG", en: "The image is neither JPG nor PNG" },
  "image.too-large": { zh: "图片超过 10 MB", en: "The image is larger than 10 MB" },
  "image.unavailable": { zh: "图片暂时无法获取", en: "The image can't be fetched at the moment" },
  "image.no-source": { zh: "未配置图片来源", en: "No source of images is configured" },
  "card.no-app-id": {
    zh: "未配置小程序 AppID（WECOM_MINI_PROGRAM_APP_ID），卡片无法发送",
    en: "No mini-program app id is configured (WECOM_MINI_PROGRAM_APP_ID); the card can't be sent",
  },
  "channel.rejected": { zh: "服务商拒绝了请求", en: "The provider refused the request" },
  "label.unknown": {
    zh: "标签库中没有：{detail}；未知标签不匹配任何人",
    en: "the library does not know: {detail}; it matches nobody",
  },
  "audience.empty": { zh: "没有符合条件的客户", en: "nobody is meant" },
  "channel.missing": { zh: "渠道尚未配置，不会发送", en: "the channel is not configured; nothing will be sent" },
  "content.no-marker": {
    zh: "没有链接或小程序卡片，服务商答复丢失时无法核实是否已发送",
    en: "without a link or a mini-program card a lost answer can't be cleared up",
  },
  "media.type": { zh: "只支持 JPG 和 PNG 图片", en: "must be a JPG or PNG image" },
  "media.size": { zh: "图片不能超过 10 MB", en: "must have at most 10 MB" },
  "http.idempotency-key": { zh: "应为 1-255 个可见 ASCII 字符", en: "must be 1 to 255 printable ASCII characters" },
  "rule.not-found": { zh: "推送不存在", en: "There is no such push" },
  "rule.name-taken": { zh: "推送名称已存在", en: "The name of the push is taken" },
  "rule.outside-validity": {
    zh: "推送不在有效期内；确需执行请设 force 为 true",
    en: "The push is outside its validity; set force to true to run it all the same",
  },
  "rule.paused": { zh: "推送已暂停", en: "The push is paused" },
  "content.unknown-variable": { zh: "包含未知变量 {name}", en: "holds the unknown variable {name}" },
  "occurrence.not-found": { zh: "推送批次记录不存在", en: "There is no such occurrence" },
  "backlog.full": {
    zh: "等待开始的推送过多，请稍后重试",
    en: "Too many pushes wait for their begin; try again later",
  },
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
  502: "channel.unavailable",
  503: "http.unavailable",
};

const CONFLICT: Text = { zh: "与当前状态冲突", en: "The present state forbids it" };

/** The texts of a code in all languages; undefined when it takes that of its status. */
export function textsOf(code: string): Text | undefined {
  return MESSAGES[code];
}

/** Codes that have texts of their own. */
export function textCodes(): readonly string[] {
  return Object.keys(MESSAGES);
}

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
