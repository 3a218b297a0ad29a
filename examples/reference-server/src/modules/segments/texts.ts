import type { Texts } from "@recallkit/http";

/** Who keeps a segment from being archived. */
export const segmentTexts: Texts = {
  "segment.used-by-rule": { zh: "推送规则“{name}”（{id}）正在使用", en: "the rule “{name}” ({id}) uses it" },
  "segment.used-by-segment": { zh: "人群“{name}”（{id}）正在使用", en: "the segment “{name}” ({id}) uses it" },
};
