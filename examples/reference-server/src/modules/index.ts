// The modules that work in every host; `recallkit/modules` for those who mount them with `recallkitApp`.
import type { HttpContext, Module } from "@recallkit/http";
import { customersModule as customers } from "./customers/module.js";
import { funnelModule as funnel } from "./funnel/module.js";
import { landingModule as landing } from "./landing/module.js";
import { opsModule as ops } from "./ops/module.js";
import { pushModule as push } from "./push/module.js";
import { segmentsModule as segments } from "./segments/module.js";
import { type FindAccount, smsCallbacks } from "./sms/callback-module.js";
import { smsModule as sms } from "./sms/module.js";
import { type WecomCallbackHost, wecomCallbacks } from "./wecom-callbacks/callback-module.js";

/** Precision pushes over WeCom: `/wechatpush/*` and `/api/media`, with `push:read` and `push:write`. */
export const pushModule: Module = push;

/** `/api/labels` and `/api/suppressions*`, with `customers:read` and `customers:write`. */
export const customersModule: Module = customers;

/** `/api/segments*`, saved segments, with `segments:read` and `segments:write`. */
export const segmentsModule: Module = segments;

/** `/api/ops/*`, every state of the ledger, with `ops:read`, `ops:write` and `addresses:read`. */
export const opsModule: Module = ops;

/** `/api/funnel*`, how far people came, with `funnel:read`. */
export const funnelModule: Module = funnel;

/** The pages of links: `/landing/*`, `/r/*`, `/u/*`, `/coupon/get`; and `/api/landing-settings`, with `landing:read` and `landing:write`. */
export const landingModule: Module = landing;
/**
 * `/api/callbacks/:provider/:account_key`, where Yunpian, Aliyun and Tencent tell of messages and replies. Needs stores of an
 * SQL engine, the tables of {@link smsMigrations}, and a channel made with {@link smsReceipts}.
 *
 * @param accounts finds whose account an address belongs to
 */
export function smsCallbacksModule(accounts: FindAccount<HttpContext>): Module {
  return smsCallbacks(accounts);
}

/** `/api/sms/*` and `/api/ops/callbacks`, with `sms:read` and `ops:read`; goes with {@link opsModule}. */
export const smsModule: Module = sms;

/**
 * `/api/callbacks/wecom/:account_key` and `/api/wechat/work-message`, where WeCom tells of contacts and members. Needs stores of
 * an SQL engine and the tables of {@link wecomCallbacksMigrations} and {@link smsMigrations}. Mount it beside the sms modules in
 * any order.
 */
export function wecomCallbacksModule(host: WecomCallbackHost<HttpContext>): Module {
  return wecomCallbacks(host);
}

export type { CallbackAccount, FindAccount } from "./sms/callback-module.js";
/** Tables of reports, replies and events, for `stores.migrate`. */
export { smsMigrations } from "./sms/migrations.js";
export { smsReceipts } from "./sms/receipts.js";
export type { BoundContact } from "./wecom-callbacks/bind-contact.js";
export type {
  CallbackAccount as WecomCallbackAccount,
  MemberMessages,
  WecomCallbackHost,
} from "./wecom-callbacks/callback-module.js";
export type { AskContact, AskedContact, AskedFollower } from "./wecom-callbacks/contact.js";
/** Tables of what WeCom told of contacts, for `stores.migrate`. */
export { wecomCallbacksMigrations } from "./wecom-callbacks/migrations.js";
export type { OnContact } from "./wecom-callbacks/settle-contacts.js";
