import type { RecallKit } from "@recallkit/core";
import { localDateOf } from "@recallkit/core/ports";
import type { Language } from "@recallkit/http";
import { perTurn } from "../../frame/per-turn.js";
import { onDark } from "./contrast.js";
import type { Brand, CouponWords } from "./pages.js";
import { brandColour, type LandingSettings, landingSettings } from "./settings.js";
import { PAGE_WORDS, type PageState } from "./words.js";

type TenantKit = ReturnType<RecallKit["forTenant"]>;
/** A link as it stands. */
export type LinkView = NonNullable<Awaited<ReturnType<TenantKit["links"]["get"]>>>;
/** What the page shows of a claim. */
export interface Claimed {
  readonly code: string;
  readonly validUntil: number;
}
type Coupon = Awaited<ReturnType<TenantKit["coupons"]["get"]>>;
type Merchant = Awaited<ReturnType<TenantKit["tenant"]>>;

/** What a person sees behind a link. */
export interface Look {
  readonly state: PageState;
  readonly brand: Brand;
  readonly greeting: string | undefined;
  readonly coupon: CouponWords | undefined;
  readonly code: string | undefined;
  readonly asksName: boolean;
}

/** Status of a page by what it shows. */
export const PAGE_STATUS: Readonly<Record<PageState, number>> = {
  open: 200,
  claimed: 200,
  greeting: 200,
  not_started: 200,
  sold_out: 409,
  expired: 410,
  revoked: 410,
  closed: 410,
  unknown: 404,
  wrong_user: 403,
  wait: 429,
  forbidden: 403,
};

/** What a person sees behind a link at an instant. */
export async function lookBehind(
  kit: RecallKit,
  { tenantId, link }: { readonly tenantId: number; readonly link: LinkView },
  {
    language,
    now,
    claim: made,
  }: { readonly language: Language; readonly now: number; readonly claim?: Claimed | undefined },
): Promise<Look> {
  const { merchant, settings, coupon } = await shopBehind(kit, tenantId, link.couponId);
  const isPersonal = coupon && link.kind === "personal";
  const claim = made ?? (isPersonal ? await claimBy(kit.forTenant(tenantId), link.id) : undefined);
  const until = claim ? claim.validUntil : coupon?.validTo;
  return {
    state: claim ? "claimed" : stateOf(link, coupon, now),
    brand: brandOf(merchant, settings),
    greeting: settings.greeting,
    coupon: coupon && couponWords(coupon, until, { merchant, settings, language }),
    code: claim?.code,
    asksName: link.kind === "shared",
  };
}

/** What all links of a coupon have in common. */
interface Shop {
  readonly merchant: Merchant;
  readonly settings: LandingSettings;
  readonly coupon: Coupon | undefined;
}

const shops = new WeakMap<RecallKit, (key: string) => Promise<Shop>>();

/** The merchant and the coupon of links: thousands follow theirs in the same minute, and those of one turn read them once. */
function shopBehind(kit: RecallKit, tenantId: number, couponId: number | null): Promise<Shop> {
  const known = shops.get(kit) ?? perTurn((key) => readShop(kit, key));
  shops.set(kit, known);
  return known(JSON.stringify([tenantId, couponId]));
}

async function readShop(kit: RecallKit, key: string): Promise<Shop> {
  const [tenantId, couponId] = JSON.parse(key) as [number, number | null];
  const own = kit.forTenant(tenantId);
  const [merchant, settings, coupon] = await Promise.all([
    own.tenant(),
    landingSettings(kit.stores, tenantId),
    couponId === null ? undefined : own.coupons.get(couponId),
  ]);
  return { merchant, settings, coupon };
}

/** What was claimed by a link of one's own. */
async function claimBy({ coupons }: TenantKit, linkId: number) {
  const { items } = await coupons.claims({ linkId, limit: 1 });
  return items[0];
}

/** Whose page it is. */
export async function brandBehind(kit: RecallKit, tenantId: number): Promise<Brand> {
  const { merchant, settings } = await shopBehind(kit, tenantId, null);
  return brandOf(merchant, settings);
}

function stateOf(link: LinkView, coupon: Coupon | undefined, now: number): PageState {
  if (link.state !== "open") return link.state;
  if (!coupon) return "greeting";
  if (coupon.closedAt !== null) return "closed";
  if (now < coupon.validFrom) return "not_started";
  if (now >= coupon.validTo) return "expired";
  return coupon.stockLeft === 0 ? "sold_out" : "open";
}

function brandOf(merchant: Merchant, settings: LandingSettings): Brand {
  const colour = brandColour(settings);
  return {
    name: settings.name ?? merchant.name,
    colour,
    colourOnDark: onDark(colour),
    logo: settings.logo,
    shopUrl: settings.shop_url,
    contact: settings.contact,
  };
}

function couponWords(
  coupon: Coupon,
  until: number | undefined,
  {
    merchant,
    settings,
    language,
  }: {
    readonly merchant: Merchant;
    readonly settings: LandingSettings;
    readonly language: Language;
  },
): CouponWords {
  const say = PAGE_WORDS[language];
  const money = (minor: number | null, words: (amount: string) => string) =>
    minor === null || minor === 0 ? undefined : words(amountOf(minor, merchant.currency, language));
  return {
    title: coupon.title ?? coupon.name,
    worth: money(coupon.valueMinor, say.worth),
    from: money(coupon.minSpendMinor, say.from),
    // The end is the first instant at which it no longer holds: the day before is the last one.
    until: until === undefined ? undefined : localDateOf(until - 1, merchant.timeZone),
    terms: coupon.terms ?? settings.terms,
  };
}

function amountOf(minor: number, currency: string, language: Language): string {
  return new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en", {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  }).format(minor / 100);
}
