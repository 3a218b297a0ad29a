import type { Sentence } from "../language.js";
import { alike, joined } from "../language.js";
import type { AttributeCondition } from "./attribute-condition.js";
import type { ConsentMatch } from "./audience-condition.js";
import {
  type BirthdayCondition,
  type EngagementCondition,
  type OrdersCondition,
  type ProductCondition,
  productKeys,
} from "./condition-schema.js";

// Conditions in words, for `explain`: what was asked, never what anybody is called.

interface Bounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

const between = (zh: string, en: string, { min, max }: Bounds): Sentence => {
  const of = (what: string) =>
    [min === undefined ? "" : `${min} ≤ `, what, max === undefined ? "" : ` ≤ ${max}`].join("");
  return { zh: of(zh), en: of(en) };
};

const daysAgo = ({ minDays, maxDays }: { readonly minDays: number; readonly maxDays: number }): Sentence => ({
  zh: `${minDays} … ${maxDays} 天前`,
  en: `${minDays} … ${maxDays} days ago`,
});

/** The first ten, and how many there are beside. */
function shortened(keys: readonly string[]): Sentence {
  const rest = keys.length - 10;
  const shown = keys.slice(0, 10).join(", ");
  return rest <= 0 ? alike(shown) : { zh: `${shown} 等 ${keys.length} 项`, en: `${shown}, and ${rest} more` };
}

export function ordersText({ count, totalMinor, firstOrder, averageGapDays, overdue }: OrdersCondition): Sentence {
  const first = firstOrder && daysAgo(firstOrder);
  return joined([
    ...(count ? [between("订单数", "orders", count)] : []),
    ...(totalMinor ? [between("总额（最小货币单位）", "total in minor units", totalMinor)] : []),
    ...(first ? [{ zh: `首单在 ${first.zh}`, en: `first order ${first.en}` }] : []),
    ...(averageGapDays ? [between("平均间隔（天）", "average gap in days", averageGapDays)] : []),
    ...(overdue
      ? [
          {
            zh: `至少 ${overdue.minOrders} 单，且超过平均间隔的 ${overdue.factor} 倍未购`,
            en: `of ${overdue.minOrders} orders or more, later than ${overdue.factor} × the average gap`,
          },
        ]
      : []),
  ]);
}

export function productText(condition: ProductCondition): Sentence {
  const keys = shortened(productKeys(condition).flatMap(([kind, list]) => list.map((key) => `${kind}=${key}`)));
  const when = condition.within ? daysAgo(condition.within) : undefined;
  return {
    zh: `${when ? `${when.zh}` : ""}${condition.bought ? "买过" : "从未买过"} ${keys.zh}`,
    en: `${condition.bought ? "bought" : "never bought"} ${keys.en}${when ? ` ${when.en}` : ""}`,
  };
}

export function birthdayText({ fromDays, toDays, calendar }: BirthdayCondition): Sentence {
  const name = calendar === "lunar" ? "农历" : "公历";
  return {
    zh: `${name}生日在 ${fromDays} … ${toDays} 天后`,
    en: `${calendar} birthday ${fromDays} … ${toDays} days ahead`,
  };
}

export function consentText({
  status,
  channel,
  purpose,
}: Pick<ConsentMatch, "status" | "channel" | "purpose">): Sentence {
  return {
    zh: `对 ${channel} 的 ${purpose} 用途的同意：${status === "granted" ? "已同意" : status === "withdrawn" ? "已撤回" : "未表态"}`,
    en: `consent to ${purpose} on ${channel}: ${status}`,
  };
}

export function engagementText({ did, not, withinDays, rules, channel }: EngagementCondition): Sentence {
  return {
    zh: [
      withinDays === undefined ? "" : `最近 ${withinDays} 天`,
      `${not ? "没有 " : ""}${did}`,
      rules ? `，规则 ${rules.join(", ")}` : "",
      channel === undefined ? "" : `，渠道 ${channel}`,
    ].join(""),
    en: [
      `${not ? "not " : ""}${did}`,
      withinDays === undefined ? "" : ` in the last ${withinDays} days`,
      rules ? ` by rules ${rules.join(", ")}` : "",
      channel === undefined ? "" : ` over ${channel}`,
    ].join(""),
  };
}

export function customersText(customers: readonly string[]): Sentence {
  return { zh: `名单内 ${customers.length} 人之一`, en: `one of ${customers.length} listed people` };
}

export function channelsText(reachable: readonly string[]): Sentence {
  return { zh: `可通过 ${reachable.join(" 或 ")} 触达`, en: `reachable on ${reachable.join(" or ")}` };
}

/** What an attribute has to be. */
export function attributeText({ name, in: values, min, max, isSet }: AttributeCondition): Sentence {
  if (values) return { zh: `${name} 为 ${values.join(", ")}`, en: `${name} in ${values.join(", ")}` };
  if (isSet !== undefined)
    return { zh: `${name} ${isSet ? "有值" : "无值"}`, en: isSet ? `${name} is set` : `${name} is not set` };
  return alike([min === undefined ? "" : `${min} ≤ `, name, max === undefined ? "" : ` ≤ ${max}`].join(""));
}

/** Labels that are asked for, by kind and key. */
export function labelsText(labels: Readonly<Record<string, readonly string[] | undefined>>): Sentence {
  return shortened(Object.entries(labels).flatMap(([kind, keys = []]) => keys.map((key) => `${kind}=${key}`)));
}
