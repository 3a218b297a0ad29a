import type { Texts } from "@recallkit/http";

/** Texts of the errors of `/api/stream`. */
export const streamTexts: Texts = {
  "stream.unknown-topic": { zh: "没有这种可关注的状态", en: "There is no such topic" },
};
