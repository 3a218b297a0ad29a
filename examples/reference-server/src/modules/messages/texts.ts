import type { Texts } from "@recallkit/http";

export const messageTexts: Texts = {
  "message.backlog-full": {
    zh: "排队的消息已达上限，请稍后再试",
    en: "As many messages wait as may; try again later",
  },
  "message.too-many-recipients": {
    zh: "一次最多 10000 个收件人",
    en: "At most 10 000 recipients at once",
  },
};
