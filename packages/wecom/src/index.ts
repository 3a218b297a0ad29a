export type { GroupMessage, GroupMessageResult, GroupMessageTask } from "./answers.js";
export {
  type CallbackContext,
  type CallbackHandler,
  type CallbackHandlerOptions,
  createCallbackHandler,
} from "./callback/callback-handler.js";
export type { CallbackReader, CallbackReaderOptions, ReceivedCallback } from "./callback/callback-reader.js";
export { type CallbackDedupe, type MemoryDedupeOptions, memoryDedupe } from "./callback/dedupe.js";
export type {
  CallbackFacts,
  ContactEvent,
  GroupChatEvent,
  MemberEvent,
  MemberMessage,
  NewsEvent,
  OtherEvent,
  TagEvent,
  WecomCallback,
} from "./callback/events.js";
export { type CallbackSecrets, type MessageCrypto, messageCrypto } from "./callback/message-crypto.js";
export type { CallbackReply, ReplyArticle } from "./callback/reply.js";
export { wecomCallbackReader } from "./callback/wecom-callbacks.js";
export {
  type CallOptions,
  type GroupMessageQuery,
  type MessageTemplate,
  type WecomClient,
  wecomClient,
} from "./client.js";
export {
  checkWecomContent,
  MAX_CARD_TITLE_BYTES,
  MAX_TEXT_BYTES,
  type MiniProgramCard,
  miniProgramOf,
  type WecomContent,
  wecomContent,
} from "./content.js";
export { WECOM_ERRORS, WECOM_TOKEN_ERRORS, type WecomError } from "./error-table.js";
export type { MediaFile } from "./multipart.js";
export type { WecomClientOptions } from "./options.js";
export { DEFAULT_RATE_LIMIT, type RateLimits } from "./rate-limits.js";
export { type WecomChannelOptions, wecomChannel } from "./wecom-channel.js";
