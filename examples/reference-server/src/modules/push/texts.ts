import type { Texts } from "@recallkit/http";

/** Texts of the errors and warnings of pushes. */
export const pushTexts: Texts = {
  "audience.changed": {
    zh: "人群或推送内容在预览之后有变化，请重新确认",
    en: "The audience or the push has changed since the preview; confirm again",
  },
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
  "file.no-source": { zh: "未配置文件来源", en: "No source of files is configured" },
  "card.no-app-id": {
    zh: "未配置小程序 AppID（WECOM_MINI_PROGRAM_APP_ID），卡片无法发送",
    en: "No mini-program app id is configured (WECOM_MINI_PROGRAM_APP_ID); the card can't be sent",
  },
  "attribute.unknown": {
    zh: "没有这个名称和类型的自定义属性：{detail}",
    en: "no attribute has this name and type: {detail}",
  },
  "customer.unknown": {
    zh: "名单中有不存在的客户：{detail}",
    en: "some of the listed people are not known: {detail}",
  },
  "segment.channel-unknown": {
    zh: "没有配置这个渠道：{detail}；没有人可在其上触达",
    en: "no channel of this name is configured: {detail}; nobody is reachable on it",
  },
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
  "rule.never-fires": {
    zh: "有效期（至 {detail}）已结束，或剩余有效期内没有设定的星期和时间，推送不会再触发",
    en: "the validity (up to {detail}) is over, or holds none of the times any more; the push will not fire",
  },
  "media.type": { zh: "只支持 JPG 和 PNG 图片", en: "must be a JPG or PNG image" },
  "media.size": { zh: "图片不能超过 10 MB", en: "must have at most 10 MB" },
  "rule.not-found": { zh: "推送不存在", en: "There is no such push" },
  "rule.name-taken": { zh: "推送名称已存在", en: "The name of the push is taken" },
  "rule.outside-validity": {
    zh: "推送不在有效期内；确需执行请设 force 为 true",
    en: "The push is outside its validity; set force to true to run it all the same",
  },
  "rule.paused": { zh: "推送已暂停", en: "The push is paused" },
  "content.unknown-variable": { zh: "包含未知变量 {name}", en: "holds the unknown variable {name}" },
};
