export type { ApiRequest, CallOptions, EffectOptions } from "./api.js";
export { createWebhookBot, type WebhookBot, type WebhookBotOptions } from "./bot/webhook-bot.js";
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
export { createWecomClient, type WecomClient, wecomClient } from "./client.js";
export type { ContactDetails, ExternalContact, FollowUser, ListedContact } from "./contact/answers.js";
export type { ContactCalls, ContactRemark, WelcomeMessage } from "./contact/calls.js";
export type { ContactPage, ContactPageOptions } from "./contact/contact-pages.js";
export type {
  MatchedBy,
  SyncCounts,
  SyncKit,
  SyncOptions,
  SyncProgress,
  SyncResult,
  UnmatchedContact,
} from "./contact-sync/options.js";
export { syncContacts } from "./contact-sync/sync-contacts.js";
export type { ContactWay, ContactWayCalls, NewContactWay } from "./contact-way/calls.js";
export {
  type AttachedPart,
  attachedParts,
  checkWecomContent,
  type FileAttachment,
  type LinkCard,
  MAX_SENDERS,
  type MiniProgramCard,
  miniProgramOf,
  type WecomContent,
  wecomContent,
} from "./content.js";
export { WECOM_ERRORS, WECOM_TOKEN_ERRORS, type WecomError } from "./error-table.js";
export type { FileSource, LoadedFile } from "./files.js";
export type { KfAccount, KfCalls, KfCustomer, KfMessage, KfPage, KfQuery } from "./kf/calls.js";
export {
  type KfChannelOptions,
  type KfFailure,
  type KfPlace,
  kfAddress,
  kfChannel,
  kfFailure,
} from "./kf/kf-channel.js";
export type { GroupMessage, GroupMessageResult, GroupMessageTask } from "./mass-message/answers.js";
export {
  type Attachment,
  MAX_ATTACHMENTS,
  MAX_CARD_TITLE_BYTES,
  MAX_LINK_DESCRIPTION_BYTES,
  MAX_LINK_TITLE_BYTES,
  MAX_LINK_URL_BYTES,
  MAX_TEXT_BYTES,
} from "./mass-message/attachments.js";
export type { GroupMessageQuery, MassMessageCalls } from "./mass-message/calls.js";
export { type GroupPost, type GroupReport, type WecomGroups, wecomGroups } from "./mass-message/groups.js";
export { MAX_CUSTOMERS, MAX_GROUPS, type MessageTemplate } from "./mass-message/template.js";
export { type DownloadedMedia, MAX_MEDIA_BYTES, type MediaCalls } from "./media/calls.js";
export type { MediaFile } from "./multipart.js";
export type { AccessTokenProvider, WecomClientOptions } from "./options.js";
export { DEFAULT_RATE_LIMIT, type RateLimits } from "./rate-limits.js";
export { type SidebarSession, type WecomSidebar, type WecomSidebarOptions, wecomSidebar } from "./sidebar/sidebar.js";
export type { JsSignature, TicketKind } from "./sidebar/tickets.js";
export type { SidebarUser } from "./sidebar/user-info.js";
export type { StaffCalls, StaffMessageResult } from "./staff/calls.js";
export { type StaffChannelOptions, staffChannel } from "./staff/staff-channel.js";
export type { CorpTag, CorpTagGroup, NewCorpTags, TagCalls, TagChange } from "./tag/calls.js";
export { type WecomChannelOptions, wecomChannel } from "./wecom-channel.js";
