import type { Language } from "@recallkit/http";

/** What a page of a link shows. */
export type PageState =
  | "open"
  | "claimed"
  | "greeting"
  | "not_started"
  | "sold_out"
  | "expired"
  | "revoked"
  | "closed"
  | "unknown"
  | "wrong_user"
  | "wait"
  | "forbidden";

/** Words of a state: one sentence of what is, one of what to do. */
export interface StateWords {
  readonly title: string;
  readonly text: string;
}

/** The sentence that a claim answers with, word for word as its document has it. */
export const CLAIMED_MESSAGE = "优惠券领取成功！请前往游戏内商城使用。";

const STATES: Readonly<Record<Language, Readonly<Record<PageState, StateWords>>>> = {
  zh: {
    open: { title: "送您一张优惠券", text: "点一下就能领取。" },
    claimed: { title: "领取成功", text: "下单时出示或输入券码即可使用。" },
    greeting: { title: "好久不见", text: "欢迎回来看看。" },
    not_started: { title: "还没有开始", text: "活动开始后再来领取。" },
    sold_out: { title: "已抢光", text: "很抱歉，这张券已抢光。" },
    expired: { title: "已过期", text: "这个链接已经过期。" },
    revoked: { title: "已撤回", text: "商家已撤回这个链接。" },
    closed: { title: "已结束", text: "这次活动已经结束。" },
    unknown: { title: "链接无效", text: "请从收到的消息里重新打开链接。" },
    wrong_user: { title: "不是本人", text: "填写的姓名与这张券的主人不符。" },
    wait: { title: "请稍后再试", text: "尝试的次数太多，请十分钟后再试。" },
    forbidden: { title: "不能领取", text: "请回到优惠券页面领取。" },
  },
  en: {
    open: { title: "A coupon for you", text: "One tap and it is yours." },
    claimed: { title: "It is yours", text: "Show or enter the code when you order." },
    greeting: { title: "It has been a while", text: "Good to see you again." },
    not_started: { title: "Not yet", text: "Come back once it has begun." },
    sold_out: { title: "All gone", text: "Sorry, every one of these coupons has been claimed." },
    expired: { title: "Expired", text: "This link has expired." },
    revoked: { title: "Withdrawn", text: "The merchant has withdrawn this link." },
    closed: { title: "Over", text: "This offer has ended." },
    unknown: { title: "No such link", text: "Please open the link from your message again." },
    wrong_user: { title: "Somebody else's", text: "That is not the name this coupon was made out to." },
    wait: { title: "Please wait", text: "Too many tries. Come back in ten minutes." },
    forbidden: { title: "Not from here", text: "Please claim it on the page of the coupon." },
  },
};

/** Words of a state in a language. */
export function stateWords(language: Language, state: PageState): StateWords {
  return STATES[language][state];
}

/** The other words of the pages. */
export const PAGE_WORDS = {
  zh: {
    claim: "立即领取",
    claiming: "正在领取…",
    code: "券码",
    copy: "复制",
    copied: "已复制",
    validUntil: "有效期至",
    terms: "使用规则",
    unsubscribe: "不想再收到？退订",
    shop: "去逛逛",
    contact: "联系客服",
    name: "您的姓名或手机号",
    codeTitle: "输入短信里的 8 位码",
    codeHint: "字母不分大小写",
    go: "打开",
    offers: "优惠",
    greets: (name: string) => `${name}，您好`,
    worth: (amount: string) => `立减 ${amount}`,
    from: (amount: string) => `满 ${amount} 可用`,
  },
  en: {
    claim: "Claim it",
    claiming: "One moment…",
    code: "Code",
    copy: "Copy",
    copied: "Copied",
    validUntil: "Valid until",
    terms: "Rules",
    unsubscribe: "No more of these? Unsubscribe",
    shop: "To the shop",
    contact: "Contact",
    name: "Your name or phone number",
    codeTitle: "Enter the 8 characters of your message",
    codeHint: "Capitals do not matter",
    go: "Open",
    offers: "Offer",
    greets: (name: string) => `Hello ${name}`,
    worth: (amount: string) => `${amount} off`,
    from: (amount: string) => `for orders from ${amount}`,
  },
} as const satisfies Readonly<Record<Language, object>>;

/** Words of the page that ends messages. */
export const UNSUBSCRIBE_WORDS = {
  zh: {
    title: "退订",
    ask: (merchant: string) => `不再接收 ${merchant} 的营销消息？`,
    about: (category: string) => `只退订“${category}”`,
    only: (channel: string) => `只退订${channel}`,
    all: "退订全部渠道",
    done: "已退订",
    doneAbout: (category: string) => `不再发送“${category}”，其他消息照常。下一条消息发出之前即生效。`,
    doneText: "下一条消息发出之前即生效。需要恢复时，请联系商家。",
    channels: { sms: "短信", wecom: "企业微信", email: "邮件" },
    other: "此渠道",
  },
  en: {
    title: "Unsubscribe",
    ask: (merchant: string) => `No more marketing messages from ${merchant}?`,
    about: (category: string) => `Only “${category}”`,
    only: (channel: string) => `Only ${channel}`,
    all: "All channels",
    done: "Unsubscribed",
    doneAbout: (category: string) =>
      `No more of “${category}”; other messages still come. It holds before the next message.`,
    doneText: "It holds before the next message. Ask the merchant if you change your mind.",
    channels: { sms: "text messages", wecom: "WeCom", email: "e-mail" },
    other: "this channel",
  },
} as const satisfies Readonly<Record<Language, object>>;
