import type { EngineContext } from "../engine/engine-context.js";
import type { CouponKit } from "./coupon-kit.js";
import type { CustomerKit } from "./customer-kit.js";
import type { RecallKit, TenantKit } from "./kit.js";
import type { LinkKit } from "./link-kit.js";
import { type CallsOf, loadedLater } from "./loaded-later.js";
import type { MessageKit } from "./message-kit.js";
import type { SegmentKit } from "./segment-kit.js";

const LISTING = { list: "call", all: "walk" } as const;

export const CUSTOMER_CALLS: CallsOf<CustomerKit> = { upsert: "call", export: "call", erase: "call", merge: "call" };

export const ORDER_CALLS: CallsOf<TenantKit["orders"]> = { ingest: "call" };

export const LABEL_CALLS: CallsOf<TenantKit["labels"]> = { ...LISTING, assign: "call", unassign: "call", put: "call" };

export const LINK_CALLS: CallsOf<LinkKit> = {
  ...LISTING,
  get: "call",
  visit: "call",
  issue: "call",
  revoke: "call",
  unsubscribe: "call",
};

export const COUPON_CALLS: CallsOf<CouponKit> = {
  ...LISTING,
  create: "call",
  get: "call",
  update: "call",
  addCodes: "call",
  claim: "call",
  claimFor: "call",
  reserve: "call",
  confirm: "call",
  release: "call",
  redeem: "call",
  reverse: "call",
  claims: "call",
  report: "call",
  expireDue: "call",
};

export const CONTACT_CALLS: CallsOf<Pick<TenantKit, "contactPolicy" | "consents" | "suppressions">> = {
  contactPolicy: { get: "call", set: "call" },
  consents: { ...LISTING, record: "call", recordMany: "call", get: "call" },
  suppressions: { ...LISTING, add: "call", addMany: "call", remove: "call" },
};

export const SEGMENT_CALLS: CallsOf<SegmentKit> = {
  ...LISTING,
  create: "call",
  get: "call",
  update: "call",
  delete: "call",
  users: "call",
  validate: "call",
  preview: "call",
  explain: "call",
  measure: "call",
  sizes: "call",
};

export const MESSAGE_CALLS: CallsOf<MessageKit> = {
  ...LISTING,
  templates: {
    ...LISTING,
    create: "call",
    edit: "call",
    setStatus: "call",
    get: "call",
    versions: "call",
    preview: "call",
  },
  send: "call",
  sendBatch: "call",
  get: "call",
  batch: "call",
  cancelBatch: "call",
  cancel: "call",
  trace: "call",
  events: "call",
  statistics: "call",
  waiting: "call",
  trend: "call",
  decide: "call",
  expedite: "call",
};

/** The calls of people who hold a link, which need no tenant. */
export function outsideOfTenants(engine: EngineContext): Pick<RecallKit, "resolveLink" | "unsubscribeMessage"> {
  return {
    ...loadedLater<Pick<RecallKit, "resolveLink">>({ resolveLink: "call" }, async () => ({
      resolveLink: (await import("./link-kit.js")).linkResolver(engine),
    })),
    ...loadedLater<Pick<RecallKit, "unsubscribeMessage">>({ unsubscribeMessage: "call" }, async () => ({
      unsubscribeMessage: (await import("./message-kit.js")).messageUnsubscriber(engine),
    })),
  };
}
