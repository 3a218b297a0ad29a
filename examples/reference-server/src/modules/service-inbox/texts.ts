import type { Texts } from "@recallkit/http";

/** Texts of the errors of the inbox. */
export const inboxTexts: Texts = {
  "group-bot.missing": { zh: "没有设置群机器人", en: "No group bot is set" },
  "knowledge.not-found": { zh: "知识条目不存在", en: "There is no such entry" },
  "router-decision.not-found": { zh: "路由记录不存在", en: "There is no such decision" },
  "sidebar.missing": { zh: "没有配置企业微信应用", en: "No app of WeCom is configured" },
  "wechat-binding.decided": { zh: "绑定冲突已处理", en: "The conflict has been decided" },
  "wechat-binding.not-found": { zh: "绑定记录不存在", en: "There is no such binding" },
  "wechat-session.merge": {
    zh: "只能合并同一客户的会话",
    en: "Only conversations of one customer become one",
  },
  "wechat-session.no-channel": {
    zh: "该入口不能主动发消息，请在企业微信中回复",
    en: "Nobody can be written to there; answer in WeCom",
  },
  "wechat-session.window-over": {
    zh: "客户48小时内没有来信，或已回复5条，暂时不能再发",
    en: "The customer wrote more than 48 hours ago, or has had five answers since",
  },
  "wechat-session.not-found": { zh: "会话不存在", en: "There is no such conversation" },
};
