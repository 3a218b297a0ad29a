import type { Texts } from "@recallkit/http";

export const messageTexts: Texts = {
  "message.too-many-recipients": {
    zh: "一次最多 10000 个收件人",
    en: "At most 10 000 recipients at once",
  },
};
