import type { Texts } from "@recallkit/http";

/** Texts of the errors of lead packages, tasks, calls and leads. */
export const leadsTexts: Texts = {
  "lead-package.not-found": { zh: "数据包不存在", en: "There is no such lead package" },
  "lead-package.has-children": {
    zh: "数据包还有任务或线索；加 ?cascade=true 一并删除",
    en: "The package has tasks or leads; ?cascade=true deletes them as well",
  },
  "lead-package.valid-leads": {
    zh: "valid_leads 不能大于 total_leads",
    en: "valid_leads must not be more than total_leads",
  },
  "dial-task.not-found": { zh: "外呼任务不存在", en: "There is no such dial task" },
  "dial-task.has-children": {
    zh: "任务还有通话；加 ?cascade=true 一并删除",
    en: "The task has calls; ?cascade=true deletes them as well",
  },
  "dial-task.wrong-state": { zh: "任务不能这样改变状态", en: "The task can't change its state like this" },
  "dial-task.ended": { zh: "任务已结束，不能再记录通话", en: "The task has ended and takes no calls any more" },
  "dial-task.period": { zh: "结束时间不能早于开始时间", en: "must not be before start_time" },
  "dial-task.figures": { zh: "不能大于它所属的数字", en: "must not be more than what it is a part of" },
  "call.not-found": { zh: "通话不存在", en: "There is no such call" },
  "call.duration": { zh: "没有接通的通话没有时长", en: "must be 0: nobody took the call" },
  "call.interested": { zh: "只有接通的通话才有意向", en: "can be true only of a call that was connected" },
  "call.tag-twice": { zh: "标签重复", en: "stands there twice" },
  "call.phone": { zh: "必填", en: "is required" },
  "call.lead": { zh: "线索属于其他数据包，或号码不同", en: "is of another package, or has another number" },
  "dialer.missing": {
    zh: "没有配置呼叫中心（DIALER_WEBHOOK_URL）",
    en: "No dialer is configured (DIALER_WEBHOOK_URL)",
  },
  "lead.not-found": { zh: "线索不存在", en: "There is no such lead" },
  "lead.leased": { zh: "线索在别人手里", en: "Somebody else has the lead" },
  "lead.lease-lost": { zh: "线索已回到队列", en: "The lead went back to the queue" },
  "trends.too-long": { zh: "时间范围过长", en: "is too long ago" },
};
