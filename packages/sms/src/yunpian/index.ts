export type { Account, RecordItem, ReplyItem, SentItem, StatusItem } from "./answers.js";
export { readYunpianReply, readYunpianReports, receiptOf, replyOf, YUNPIAN_ACKNOWLEDGED } from "./callbacks.js";
export { type YunpianClient, type YunpianPeriod, type YunpianSendOptions, yunpianClient } from "./client.js";
export type { YunpianOptions } from "./options.js";
export { yunpianProvider } from "./provider.js";
