import { isDeepStrictEqual } from "node:util";
import { ConflictError, InputError, type MessageContent, type RuleInput, type TenantKit } from "@recallkit/core";
import { localDateOf, type Stores, sha256Hex } from "@recallkit/core/ports";
import type { RecallChannel } from "./read-rows.js";

/** What a task says unless it is told; the channel of SMS puts the signature in front. */
const TEXTS: Readonly<Record<RecallChannel, string>> = {
  sms: "{{customer_name}}，您关注的{{product}}有新优惠，送您一张优惠券，点击领取 {{recall_link}} 拒收请回复R",
  wecom: "您关注的{{product}}有新优惠，送您一张优惠券，点击领取：{{recall_link}}",
  email:
    "{{customer_name}}，您关注的{{product}}有新优惠，送您一张优惠券，点击领取：\n{{recall_link}}\n\n不再接收：{{unsubscribe_link}}",
};
const SUBJECT = "送您一张优惠券";

/** What stands for what a row does not say. */
const DEFAULTS = { customer_name: "您好", product: "商品", product_type: "商品" };

/** Channels on which people are tried one after the other. */
export interface ChannelOrder {
  /** Each once; the first one is tried first. */
  readonly channels: readonly [RecallChannel, ...RecallChannel[]];
  /** How long members may take to confirm before the next channel has its turn, ms. @default as long as they like */
  readonly fallBackAfterMs: number | undefined;
}

/** The order that a request asks for. @throws {InputError} hours without one */
export function orderAsked(
  channels: readonly RecallChannel[] | undefined,
  hours: number | undefined,
): ChannelOrder | undefined {
  const [first, ...later] = channels ?? [];
  if (first !== undefined) {
    return { channels: [first, ...later], fallBackAfterMs: hours === undefined ? undefined : hours * HOUR_MS };
  }
  if (hours === undefined) return undefined;
  const message = "fall_back_after_hours needs channels";
  throw new InputError([{ path: "channels", code: "recall-task.needs-order", message }]);
}

/** What people get by a channel. */
function contentOf(channel: RecallChannel, text: string | undefined): MessageContent {
  const said = text === undefined ? TEXTS[channel] : withLink(text);
  return channel === "email" ? { subject: SUBJECT, text: said } : { text: said };
}

/** A text of one's own leads somewhere, too. */
function withLink(text: string): string {
  return /\{\{\s*recall_(link|code)\s*\}\}/.test(text) ? text : `${text} {{recall_link}}`;
}

/** So long may a message wait for hours in which it may go out, and for a provider that is down, ms. */
const EXPIRES_MS = 2 * 86_400_000;
/** How long the next channel has once staff's time is over, ms. */
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const FAR = "2100-12-31";
/** Rules of one content: others than the first where somebody has changed or paused it. */
const TRIES = 20;

/**
 * The rule that carries a content: one for each, made on first use. It has no slots, so that it fires for tasks only.
 *
 * @throws {InputError} the channel refuses the content. @throws {ConflictError} `links.unconfigured`
 */
export async function ruleOf(
  tx: Stores,
  kit: TenantKit,
  part: {
    readonly channels: ChannelOrder["channels"];
    readonly fallBackAfterMs: number | undefined;
    readonly text: string | undefined;
    readonly couponId: number | undefined;
    readonly now: number;
  },
): Promise<number> {
  const { channels, fallBackAfterMs, text, couponId, now } = part;
  const [channel, ...later] = channels;
  const content = contentOf(channel, text);
  const order = later.length > 0 ? orderOf(channels, text, fallBackAfterMs) : undefined;
  const said = [channel, content, couponId ?? null, ...(order ? [order] : [])];
  const hash = sha256Hex(JSON.stringify(said)).slice(0, 12);
  const { timeZone } = await kit.tenant();
  for (let turn = 1; turn <= TRIES; turn++) {
    const name = `召回任务 ${channel} ${hash}${turn === 1 ? "" : ` ${turn}`}`;
    const found = await tx.rules.findByName(kit.tenantId, name);
    if (!found) {
      const rule: RuleInput = {
        ...{ name, channel, content, variables: DEFAULTS, segment: { everybody: true }, expireAfterMs: EXPIRES_MS },
        validFrom: localDateOf(now, timeZone),
        validTo: FAR,
        ...(couponId !== undefined && { coupon: couponId }),
        ...order,
      };
      return (await kit.rules.create(rule, { status: "active" })).id;
    }
    const { definition } = found;
    const isSame = isDeepStrictEqual(definition.content, content) && definition.coupon === couponId;
    const isSameOrder =
      isDeepStrictEqual(definition.channels, order?.channels) &&
      isDeepStrictEqual(definition.contents, order?.contents);
    if (isSame && isSameOrder && found.status === "active" && definition.channel === channel) return found.id;
  }
  throw new ConflictError("rule.name-taken", "rules of this content were changed by hand too often");
}

/** The parts of a rule that mean an order of channels. */
function orderOf(channels: ChannelOrder["channels"], text: string | undefined, fallBackAfterMs: number | undefined) {
  const contents = Object.fromEntries(channels.slice(1).map((name) => [name, contentOf(name, text)]));
  const expireAfterMs = Math.max(EXPIRES_MS, (fallBackAfterMs ?? 0) + DAY_MS);
  return {
    channels: [...channels],
    contents,
    ...(fallBackAfterMs !== undefined && { fallBackAfterMs, expireAfterMs }),
  };
}
