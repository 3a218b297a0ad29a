import type { Texts } from "@recallkit/http";

/** Texts of the errors of tenants' accounts. */
export const tenantsTexts: Texts = {
  "channel-account.not-found": { zh: "没有配置该渠道账号", en: "There is no such channel account" },
};
