export type { CodeRule, ProviderCode } from "../call/provider-code.js";
export { botSignature, type FeishuBot, type FeishuBotOptions, feishuBot } from "./feishu-bot.js";
export { type FeishuOptions, feishuChannel } from "./feishu-channel.js";
export { FEISHU_BOT_CODES, FEISHU_CODES } from "./feishu-codes.js";
