import type { Texts } from "@recallkit/http";

/** Texts of the errors of projections. */
export const projectionTexts: Texts = {
  "projection.unknown": { zh: "没有这个投影", en: "There is no such projection" },
  "projection.unavailable": { zh: "外部存储暂时不可用", en: "The store beside the ledger is away" },
  "projection.turn-lost": {
    zh: "另一进程正在同步",
    en: "Another process goes on with this projection",
  },
};
