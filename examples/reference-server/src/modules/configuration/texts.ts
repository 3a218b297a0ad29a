import type { Texts } from "@recallkit/http";

/** Texts of the errors of the configuration. */
export const configurationTexts: Texts = {
  "config.not-found": { zh: "没有这项配置或这个版本", en: "There is no such entry or version" },
  "config.unknown-key": { zh: "没有这个配置键", en: "Nothing obeys this key" },
  "config.exists": { zh: "该键已有配置，请更新它", en: "The key has an entry already; change it" },
  "config.stale-version": { zh: "配置已被他人修改，请重新读取", en: "Somebody changed it meanwhile; read it anew" },
  "config.not-usable": { zh: "该版本已不合要求", en: "That version is not usable any more" },
};
