import type { Texts } from "@recallkit/http";

/** Texts of the errors of revisits. */
export const revisitTexts: Texts = {
  "revisit.not-found": { zh: "回访不存在", en: "There is no such revisit" },
  "revisit.not-waiting": { zh: "该回访不在等待审批", en: "This revisit waits for no decision" },
  "revisit.run-not-found": { zh: "回访任务不存在", en: "There is no such run" },
  "revisit.text-refused": {
    zh: "文案未通过检查（{finding}）：{words}",
    en: "The text was refused ({finding}): {words}",
  },
};
