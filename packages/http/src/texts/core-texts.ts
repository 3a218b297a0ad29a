import type { Texts } from "./language.js";

/** Texts of core's errors that any module may pass on. */
export const CORE_TEXTS: Texts = {
  "tenant.not-found": { zh: "商户不存在", en: "There is no such tenant" },
  "tenant.currency-fixed": {
    zh: "商户已有订单，不能更改币种",
    en: "The tenant has orders; its currency can't be changed any more",
  },
  "customer.not-found": { zh: "客户不存在", en: "There is no such customer" },
  "coupon.not-found": { zh: "优惠券不存在", en: "There is no such coupon" },
  "coupon.codes-generated": {
    zh: "该优惠券的券码由系统生成，不能添加",
    en: "The coupon makes its codes itself; none can be added",
  },
  "template.not-found": { zh: "消息模板不存在", en: "There is no such template" },
  "template.inactive": { zh: "消息模板已停用", en: "The template is not active" },
  "message.not-found": { zh: "消息不存在", en: "There is no such message" },
  "message.begun": { zh: "消息已开始发送，不能取消", en: "The message has begun and can't be called off" },
  "message.request-differs": {
    zh: "该幂等键已用于另一条消息或另一批消息",
    en: "The idempotency key was used for another message or batch",
  },
  "message-batch.not-found": { zh: "消息批次不存在", en: "There is no such batch of messages" },
  "trace.not-found": { zh: "没有该追踪，或已超过 7 天", en: "There is no such trace, or it is over a week old" },
  "links.unconfigured": { zh: "尚未设置落地页地址", en: "Nothing says where the pages of links are" },
  "links.key-missing": {
    zh: "链接由旧密钥生成，旧密钥未提供",
    en: "The link was made with a former secret key that is not given",
  },
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
  "image.not-found": { zh: "图片不存在", en: "There is no such image" },
  "image.unsupported": { zh: "图片不是 JPG 或 PNG", en: "The image is neither JPG nor PNG" },
  "image.too-large": { zh: "图片超过 10 MB", en: "The image is larger than 10 MB" },
  "image.unavailable": { zh: "图片暂时无法获取", en: "The image can't be fetched at the moment" },
  "image.no-source": { zh: "未配置图片来源", en: "No source of images is configured" },
  "channel.rejected": { zh: "服务商拒绝了请求", en: "The provider refused the request" },
  "delivery.not-found": { zh: "此人不在这次推送中", en: "This person was not in this push" },
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
};
