import { isDeepStrictEqual } from "node:util";
import { ConflictError, type MessageContent, type RuleInput, type TenantKit } from "@recallkit/core";
import { localDateOf, type Stores, sha256Hex } from "@recallkit/core/ports";
import { CONTACT_TYPES, type ContactType } from "./read-rows.js";

/** What a task says unless it is told; the channel of SMS puts the signature in front. */
const TEXTS: Readonly<Record<ContactType, string>> = {
  mobile: "{{customer_name}}，您关注的{{product}}有新优惠，送您一张优惠券，点击领取 {{recall_link}} 拒收请回复R",
  wecom: "您关注的{{product}}有新优惠，送您一张优惠券，点击领取：{{recall_link}}",
  email:
    "{{customer_name}}，您关注的{{product}}有新优惠，送您一张优惠券，点击领取：\n{{recall_link}}\n\n不再接收：{{unsubscribe_link}}",
};
const SUBJECT = "送您一张优惠券";

/** What stands for what a row does not say. */
const DEFAULTS = { customer_name: "您好", product: "商品", product_type: "商品" };

/** What the people of a part get. */
export function contentOf(contactType: ContactType, text: string | undefined): MessageContent {
  const said = text === undefined ? TEXTS[contactType] : withLink(text);
  return contactType === "email" ? { subject: SUBJECT, text: said } : { text: said };
}

/** A text of one's own leads somewhere, too. */
function withLink(text: string): string {
  return /\{\{\s*recall_(link|code)\s*\}\}/.test(text) ? text : `${text} {{recall_link}}`;
}

/** So long may a message wait for hours in which it may go out, and for a provider that is down, ms. */
const EXPIRES_MS = 2 * 86_400_000;
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
    readonly contactType: ContactType;
    readonly content: MessageContent;
    readonly couponId: number | undefined;
    readonly now: number;
  },
): Promise<number> {
  const { contactType, content, couponId, now } = part;
  const channel = CONTACT_TYPES[contactType];
  const hash = sha256Hex(JSON.stringify([channel, content, couponId ?? null])).slice(0, 12);
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
      };
      return (await kit.rules.create(rule, { status: "active" })).id;
    }
    const { definition } = found;
    const isSame = isDeepStrictEqual(definition.content, content) && definition.coupon === couponId;
    if (isSame && found.status === "active" && definition.channel === channel) return found.id;
  }
  throw new ConflictError("rule.name-taken", "rules of this content were changed by hand too often");
}
