export type { ChatMessage, OpenAiCompatibleOptions } from "../model/chat-call.js";
export { DEFAULT_INTENT_EXAMPLES } from "./default-examples.js";
export { DEFAULT_INTENT_RULES } from "./default-rules.js";
export { INTENTS } from "./intents.js";
export type { IntentExample } from "./likeness.js";
export { intentPrompt, modelIntents } from "./model-intents.js";
export { type IntentRule, type RuleIntentsOptions, ruleIntents } from "./rule-intents.js";
export { withFallBack } from "./with-fall-back.js";
