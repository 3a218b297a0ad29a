export { type SmsChannelOptions, smsChannel } from "./channel/sms-channel.js";
export { mainlandDigits, maskNumber, toE164 } from "./number/mobile-number.js";
export type { ConnectionOptions } from "./provider/connection.js";
export { idIn, type ProviderGroupOptions, providerGroup, type WeightedProvider } from "./provider/provider-group.js";
export type { SmsLookUp, SmsMessage, SmsProvider, SmsTemplate } from "./provider/sms-provider.js";
export { type MemoryReceiptsOptions, memoryReceipts, type ReceiptStore } from "./receipt/receipt-store.js";
export type { SmsReceipt, SmsReply } from "./receipt/sms-receipt.js";
export { isOptOutReply } from "./reply/opt-out-reply.js";
export {
  type CountOptions,
  countSegments,
  SEGMENT_RULES,
  type SegmentCount,
  type SegmentRules,
} from "./segments/count-segments.js";
export { type LintCode, type LintFinding, type LintOptions, lintSms } from "./text/lint-sms.js";
export { LINT_SOURCES, type LintSource } from "./text/lint-sources.js";
export { MESSAGE_CLASSES, type MessageClass } from "./text/message-class.js";
export {
  completeText,
  DEFAULT_OPT_OUT_TEXT,
  hasOptOutText,
  type SmsTextRules,
  signatureIssue,
} from "./text/sms-text.js";
