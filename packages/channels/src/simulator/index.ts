export { type JpushSimulatorOptions, startJpushSimulator } from "./app-push/jpush-simulator.js";
export type { NoticeKind } from "./email/delivery-notices.js";
export type { EmailFault } from "./email/email-faults.js";
export {
  type EmailLedger,
  type EmailSimulator,
  type EmailSimulatorOptions,
  startEmailSimulator,
} from "./email/email-simulator.js";
export type { MailAccount, SmtpCall } from "./email/smtp-server.js";
export type { TakenMail } from "./email/taken-mail.js";
export type { DkimCheck } from "./email/verify-dkim.js";
export type { FaultScript } from "./fault-script.js";
export { type FeishuSimulator, type FeishuSimulatorOptions, startFeishuSimulator } from "./feishu/feishu-simulator.js";
export type { HttpCall, HttpFault, HttpSimulator, HttpSimulatorOptions, TakenMessage } from "./http-simulator.js";
export { RECEIVER_SECRET, startWebhookReceiver, type WebhookReceiverOptions } from "./webhook/webhook-receiver.js";
