import type { Texts } from "@recallkit/http";

/** What is said of saved segments and of references to them. */
export const segmentTexts: Texts = {
  "segment.not-found": { zh: "人群不存在", en: "There is no such segment" },
  "segment.name-taken": { zh: "人群名称已存在", en: "The name of the segment is taken" },
  "segment.in-use": { zh: "人群仍被使用，不能归档", en: "The segment is in use and can't be archived" },
  "segment.used-by-rule": { zh: "推送规则“{name}”（{id}）正在使用", en: "the rule “{name}” ({id}) uses it" },
  "segment.used-by-segment": { zh: "人群“{name}”（{id}）正在使用", en: "the segment “{name}” ({id}) uses it" },
  "segment.unknown": { zh: "没有编号为 {id} 的人群", en: "there is no saved segment {id}" },
  "segment.archived": { zh: "引用的人群已归档", en: "the saved segment is archived" },
  "segment.cycle": { zh: "人群互相引用成环：{circle}", en: "saved segments lead in a circle: {circle}" },
  "segment.too-deep": {
    zh: "连同引用的人群，嵌套超过 {most} 层",
    en: "with the saved segments, segments nest more than {most} deep",
  },
  "segment.too-large": {
    zh: "连同引用的人群，合计超过 {most} 个",
    en: "with the saved segments, there are more than {most} segments",
  },
};
