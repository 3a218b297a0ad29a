export type { CallbackHandler } from "../callback/callback-handler.js";
export {
  createOfficialAccountHandler,
  type OfficialAccountHandlerOptions,
  type OfficialAccountReaderOptions,
  officialAccountCallbackReader,
} from "./callbacks.js";
export {
  type AccountMessage,
  type MassMessage,
  type MenuButton,
  type OfficialAccountClient,
  officialAccountClient,
  type TemplateMessage,
} from "./client.js";
export { customerMessageChannel } from "./customer-channel.js";
export { OFFICIAL_ACCOUNT_ERRORS, type OfficialAccountError } from "./error-table.js";
export type { FollowerEvent, OfficialAccountCallback, SentEvent } from "./events.js";
export { type OfficialAccountChannelOptions, officialAccountChannel } from "./mass-channel.js";
export type { OfficialAccountOptions } from "./options.js";
export type { AccountReply, MusicReply } from "./reply.js";
