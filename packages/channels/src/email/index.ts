export type { CodeRule, ProviderCode } from "../call/provider-code.js";
export { type Bounce, readBounce, suppressionOf } from "./bounce.js";
export { type BounceStore, memoryBounces } from "./bounce-store.js";
export { SIGNED_HEADERS } from "./compose.js";
export { type EmailChannel, emailChannel } from "./email-channel.js";
export type { DkimOptions, EmailOptions, MessageClass, SmtpOptions } from "./email-options.js";
export { type EmailFinding, type EmailLintOptions, lintEmail } from "./lint-email.js";
export { isMailAddress, maskMailAddress } from "./mail-address.js";
export { SMTP_REPLIES, type SmtpReplyCode, type SmtpStage } from "./smtp-replies.js";
