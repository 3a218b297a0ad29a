import type { Texts } from "@recallkit/http";

export const messageTexts: Texts = {
  "message.backlog-full": {
    zh: "排队的消息已达上限，请稍后再试",
    en: "As many messages wait as may; try again later",
  },
  "message.too-many-recipients": {
    zh: "一次最多 10000 个收件人",
    en: "At most 10 000 recipients at once",
  },
  "recipient.address": {
    zh: "不是该渠道的收件地址：短信为手机号，邮件为邮箱，且不含控制字符",
    en: "is no address of the channel: SMS takes mobile numbers, mail takes e-mail addresses, none has control characters",
  },
  "variable.missing": { zh: "模板声明了该变量，却没有值", en: "is declared by the template and has no value" },
  "variable.unknown": { zh: "模板没有声明该变量", en: "the template declares no such variable" },
  "variable.type": {
    zh: "与模板声明的类型不符：文本、数字、存在的日期 YYYY-MM-DD 或 https 链接；不接受嵌套的值",
    en: "is not of the declared type: a text, a number, an existing day YYYY-MM-DD or an https URL; nothing nested",
  },
  "variable.too-long": {
    zh: "比模板允许的字符数多",
    en: "has more characters than the template allows",
  },
  "variable.lines": {
    zh: "须为一行，且不含控制字符",
    en: "must be one line without control characters",
  },
};
