import type { Texts } from "@recallkit/http";

/** Texts of the errors of scripts. */
export const scriptsTexts: Texts = {
  "script.not-found": { zh: "话术不存在", en: "There is no such text" },
  "script.no-text": {
    zh: "没有可以发送的话术：模板与备用文本都未通过审核，请检查机构词库",
    en: "No text passes the gate, not even those that stand ready; look at the institution's list of words",
  },
  "script.not-reviewed": {
    zh: "推广内容只能逐字使用带有《医疗广告审查证明》文号的模板",
    en: "A promotion is sent only verbatim, from an active template with the number of its certificate of review",
  },
  "script-template.not-found": { zh: "模板不存在", en: "There is no such template" },
  "script-template.name-taken": { zh: "同一用途已有同名模板", en: "Another template of the purpose has this name" },
  "script-template.too-many": { zh: "模板已达上限（500 个）", en: "There are 500 templates already" },
  "script-word.too-many": { zh: "词库增补已达上限（2000 条）", en: "2,000 words were changed already" },
  "script-template.certificate": {
    zh: "推广模板必须填写《医疗广告审查证明》文号",
    en: "is required of a promotion: the number of its certificate of review",
  },
  "script-template.no-certificate": { zh: "只有推广模板才有文号", en: "is of promotions only" },
  "script-template.verbatim": {
    zh: "推广内容须与审查通过的样件一致，不能含变量",
    en: "must be as it was reviewed, without variables",
  },
  "script-template.variable": { zh: "没有变量 {name}", en: "has a variable that there is not: {name}" },
  "script-template.finding": {
    zh: "“{words}”不能出现（{code}）：{source}",
    en: "must not hold “{words}” ({code}): {source}",
  },
  "script-word.not-found": { zh: "词条不存在", en: "There is no such word" },
  "script-word.taken": { zh: "词库中已有此词", en: "The word stands in the list already" },
};
