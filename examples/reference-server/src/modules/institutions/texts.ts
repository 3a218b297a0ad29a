import type { Texts } from "@recallkit/http";

/** Texts of the errors of institutions. */
export const institutionTexts: Texts = {
  "institution.not-found": { zh: "机构不存在", en: "There is no such institution" },
};
