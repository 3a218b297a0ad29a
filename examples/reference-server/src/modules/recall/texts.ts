import type { Texts } from "@recallkit/http";

/** Texts of the faults of recall tasks. */
export const recallTexts: Texts = {
  "recall-task.contact-mobile": {
    zh: "应为中国大陆手机号，例如 13800138000",
    en: "must be a mobile number of mainland China, for example 13800138000",
  },
  "recall-task.contact-wecom": { zh: "应为企业微信 external_userid", en: "must be WeCom's external_userid" },
  "recall-task.contact-email": { zh: "应为邮箱地址", en: "must be an e-mail address" },
  "recall-task.contact-type": { zh: "只能是 mobile、wecom、email", en: "must be mobile, wecom or email" },
  "recall-task.consent": { zh: "应为 true、false 或同意的凭证", en: "must be true, false, or what proves the consent" },
  "recall-task.duplicate": { zh: "本任务中已有此人", en: "is in this task already" },
  "recall-task.variable-link": { zh: "变量中不能包含链接", en: "must not hold a link" },
  "recall-task.needs-order": {
    zh: "fall_back_after_hours 须与 channels 同用",
    en: "is needed with fall_back_after_hours",
  },
  "recall-task.not-in-order": {
    zh: "该联系方式的渠道不在 channels 中",
    en: "is of a channel that is not among channels",
  },
  "recall-task.too-many-texts": {
    zh: "该渠道一次任务最多 {most} 种不同内容",
    en: "a task has at most {most} texts on this channel",
  },
  "recall-task.identity-taken": { zh: "联系方式属于另一位客户", en: "belongs to another customer" },
  "recall-task.field": { zh: "必填，不超过 {most} 个字符", en: "is required, at most {most} characters" },
  "recall-task.text": { zh: "不超过 {most} 个字符，不含换行", en: "at most {most} characters in one line" },
  "recall-task.unknown-field": { zh: "未知字段", en: "unknown field" },
  "recall-task.column": { zh: "没有这一列", en: "has no column in the file" },
  "recall-task.rows": { zh: "一次任务最多 10000 行", en: "A task takes at most 10 000 rows" },
  "recall-task.row": { zh: "应为对象", en: "must be an object" },
  "recall-task.not-found": { zh: "召回任务不存在", en: "There is no such recall task" },
  "recall-task.nobody-left": { zh: "没有可以重新发送的用户", en: "Nobody is left to send to again" },
  "order.amount": { zh: "应为金额，最多两位小数", en: "must be an amount with at most two decimals" },
  "order.time": { zh: "应为时间，例如 2024-01-01 12:00:00", en: "must be a time, for example 2024-01-01 12:00:00" },
};
