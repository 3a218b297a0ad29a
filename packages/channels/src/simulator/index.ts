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
