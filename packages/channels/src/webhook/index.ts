export type { CodeRule, ProviderCode } from "../call/provider-code.js";
export {
  TOLERANCE_SECONDS,
  type VerifyOptions,
  verifyWebhook,
  type WebhookCheck,
  type WebhookHeaders,
} from "./signature.js";
export { type WebhookOptions, webhookChannel } from "./webhook-channel.js";
export { WEBHOOK_STATUSES } from "./webhook-codes.js";
