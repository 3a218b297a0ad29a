export type { CodeRule, ProviderCode } from "../call/provider-code.js";
export { type AppPushOptions, appPushChannel } from "./app-push-channel.js";
export { JPUSH_CODES } from "./jpush-codes.js";
