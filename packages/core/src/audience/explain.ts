import { chineseAddress } from "../chinese-address.js";
import { findCustomers } from "../customer/find-customers.js";
import type { LabelRef } from "../customer/label.js";
import { NotFoundError } from "../errors.js";
import { joined, type Sentence } from "../language.js";
import { formatLocal, localDateOf } from "../local-time.js";
import type { AudienceContext } from "./audience.js";
import type { AudienceCondition } from "./audience-condition.js";
import type { AudienceQuery, CustomerFacts } from "./audience-query.js";
import type { ConditionName } from "./compile-conditions.js";
import { type CompiledNode, type CompiledSegment, compileTree, conditionOf } from "./compile-segment.js";
import { attributeText, labelsText } from "./condition-text.js";
import type { Segment } from "./segment.js";

/** Why one customer is in or out. */
export interface Explanation {
  /** Whether the customer is in. */
  readonly included: boolean;
  /** Every question that was asked, in order. */
  readonly checks: readonly {
    readonly name: "has_order" | "window" | "labels" | "attributes" | "reachable" | "segment" | ConditionName;
    readonly passed: boolean;
    /** Facts behind the verdict, for people. */
    readonly detail: string;
    /** The verdict with the fact that decided it, as a sentence in each language. */
    readonly sentence: Sentence;
    /** Where in the segment a question inside `all`, `any`, `none` or `saved` stands, as `any.0`; absent: in the segment itself. */
    readonly path?: string;
  }[];
}
type Check = Explanation["checks"][number];

/**
 * Tells for one customer which condition of a segment holds. The customer is in when every check without a path has passed
 * but `reachable`, which sending asks and membership does not.
 *
 * @throws {NotFoundError} `customer.not-found`
 */
export async function explainMembership(
  segment: Segment,
  customer: { readonly externalKey: string },
  context: AudienceContext,
): Promise<Explanation> {
  const { stores, tenantId } = context;
  const person = (await findCustomers(stores, tenantId, [customer.externalKey])).get(customer.externalKey);
  if (!person) throw new NotFoundError("customer.not-found", "no customer has this externalKey");
  const compiled = await compileTree(segment, context, stores);
  const { query } = compiled;
  const ask: Ask = {
    context,
    compiled,
    facts: await stores.audience.facts(tenantId, person.id, query.orders),
    holds: (part) => stores.audience.includes({ tenantId, orders: query.orders, labelGroups: [], ...part }, person.id),
  };
  const checks: Check[] = [...(await checksOf(compiled.node, ask, ""))];
  const address = person.identities[context.addressType];
  checks.push({
    name: "reachable",
    passed: address !== undefined,
    detail: address ? `has ${context.addressType}` : `no ${context.addressType}`,
    sentence: address
      ? { zh: `有可用的地址（${chineseAddress(context.addressType)}）`, en: `has an address (${context.addressType})` }
      : {
          zh: `没有可用的地址（${chineseAddress(context.addressType)}）`,
          en: `has no address (${context.addressType})`,
        },
  });
  return { included: await stores.audience.includes(query, person.id), checks };
}

interface Ask {
  readonly context: AudienceContext;
  readonly compiled: CompiledSegment;
  readonly facts: CustomerFacts;
  /** Whether the person meets a part of the query. */
  readonly holds: (part: Partial<AudienceQuery>) => Promise<boolean>;
}

async function checksOf(node: CompiledNode, ask: Ask, path: string): Promise<readonly Check[]> {
  const checks = [...(await basicChecks(node, ask))];
  const asks = (condition: AudienceCondition) => ask.holds({ conditions: [condition] });
  for (const { name, condition, text } of node.parts) {
    const passed = await asks(condition);
    const facts = name === "orders" ? [ordersFact(ask)] : [];
    const sentence = judged(passed, joined([text, ...facts]));
    checks.push({ name, passed, detail: detailOf(name, text.en, ask), sentence });
  }
  const own: Check[] = path === "" ? checks : checks.map((check) => ({ ...check, path }));
  for (const { name, title, nodes, condition } of node.inside) {
    const verdicts: boolean[] = [];
    const inner: Check[] = [];
    for (const [index, one] of nodes.entries()) {
      const at = [path, name, ...(name === "saved" ? [] : [index])].filter((part) => part !== "").join(".");
      const passed = await asks(conditionOf(one));
      verdicts.push(passed);
      const sentence = { zh: passed ? "满足" : "不满足", en: passed ? "holds" : "does not hold" };
      inner.push({ name: "segment", passed, detail: sentence.en, sentence, path: at });
      inner.push(...(await checksOf(one, ask, at)));
    }
    const held = verdicts.filter(Boolean).length;
    const count = { zh: `${verdicts.length} 项中 ${held} 项满足`, en: `${held} of ${verdicts.length} hold` };
    const detail = title === undefined ? count.en : `saved segment "${title}"`;
    const what = {
      zh: title === undefined ? COMPOSED[name] : `人群“${title}”`,
      en: title === undefined ? `${name} of` : detail,
    };
    const sentence = { zh: `${what.zh}：${count.zh}`, en: `${what.en}: ${count.en}` };
    own.push({ name, passed: await asks(condition), detail, sentence, ...(path !== "" && { path }) }, ...inner);
  }
  return own;
}

/** Window, labels and attributes. */
async function basicChecks(node: CompiledNode, { context, compiled, facts, holds }: Ask): Promise<readonly Check[]> {
  const { timeZone, asOf } = context;
  const { window, labelGroups, attributes, segment } = node;
  const checks: Check[] = [];
  if (window) {
    const last = facts.lastOrderAt === null ? "none" : formatLocal(facts.lastOrderAt, timeZone);
    checks.push({
      name: "has_order",
      passed: facts.orderCount > 0,
      detail: `counted orders: ${facts.orderCount}, last: ${last}`,
      sentence: ordersFact({ facts, context }),
    });
    const passed = await holds({ window });
    const [from, to] = [localDateOf(window.from, timeZone), localDateOf(window.to - 1, timeZone)];
    checks.push({
      name: "window",
      passed,
      detail: `${window.recency} from ${from} to ${to}, as of ${formatLocal(asOf, timeZone)}`,
      sentence: windowSentence(passed, segment.lapse, { facts, context, recency: window.recency, from, to }),
    });
  }
  if (labelGroups.length > 0) {
    const unknown = unknownOf(segment, compiled.unknownLabels);
    // Outside the window no order of it can carry a label: tell then what the person's other orders say.
    const inWindow = checks.every(({ passed }) => passed);
    const passed = await holds({ ...(window && inWindow && { window }), labelGroups });
    checks.push({
      name: "labels",
      passed,
      sentence: labelsSentence(passed, segment, unknown, inWindow),
      detail: [
        `mode ${segment.labelMode}`,
        ...(inWindow ? [] : ["over orders of any time"]),
        ...(unknown ? [`unknown: ${unknown}`] : []),
      ].join("; "),
    });
  }
  if (attributes.length > 0) {
    const asked = segment.attributes ?? [];
    const unknown = compiled.unknownAttributes.filter((name) => asked.some((one) => one.name === name)).join(", ");
    const passed = await holds({ attributes });
    const missing = unknown ? [{ zh: `没有这样的属性：${unknown}`, en: `unknown: ${unknown}` }] : [];
    const text = joined([...asked.map(attributeText), ...missing]);
    checks.push({ name: "attributes", passed, detail: text.en, sentence: judged(passed, text) });
  }
  return checks;
}

function unknownOf({ labels }: Segment, unknown: readonly LabelRef[]): string {
  const asked = unknown.filter(({ kind, key }) => labels?.[kind]?.includes(key));
  return asked.map(({ kind, key }) => `${kind}=${key}`).join(", ");
}

function detailOf(name: ConditionName, text: string, { facts, context }: Ask): string {
  if (name !== "orders") return text;
  const day = (at: number | null) => (at === null ? "none" : localDateOf(at, context.timeZone));
  return `${text}; counted orders: ${facts.orderCount}, first: ${day(facts.firstOrderAt)}, last: ${day(facts.lastOrderAt)}`;
}

const COMPOSED = { all: "全部满足", any: "任一满足", none: "均不满足", saved: "已保存的人群" } as const;

/** What was asked, and whether it is so. */
function judged(passed: boolean, text: Sentence): Sentence {
  return { zh: `${text.zh}：${passed ? "符合" : "不符合"}`, en: `${text.en}: ${passed ? "holds" : "does not hold"}` };
}

function ordersFact({ facts, context }: Pick<Ask, "facts" | "context">): Sentence {
  const { orderCount, lastOrderAt } = facts;
  if (lastOrderAt === null) return { zh: "没有计入的订单", en: "no counted order" };
  const day = localDateOf(lastOrderAt, context.timeZone);
  return { zh: `计入的订单 ${orderCount} 笔，最近一单 ${day}`, en: `${orderCount} counted orders, the last on ${day}` };
}

/** Calendar days from one day to another. */
function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

function windowSentence(
  passed: boolean,
  lapse: Segment["lapse"],
  {
    facts,
    context,
    recency,
    from,
    to,
  }: Pick<Ask, "facts" | "context"> & { readonly recency: string; readonly from: string; readonly to: string },
): Sentence {
  const asked = `${lapse?.minDays ?? 0}–${lapse?.maxDays ?? 0}`;
  if (facts.lastOrderAt === null) {
    return { zh: `没有订单，区间 ${asked} 天：不在区间内`, en: `no order, window ${asked} days: outside` };
  }
  if (recency === "any-order") {
    return {
      zh: `区间 ${asked} 天（${from} 至 ${to}）内${passed ? "有" : "没有"}订单`,
      en: `${passed ? "some" : "no"} order in the window ${asked} days (${from} to ${to})`,
    };
  }
  const last = localDateOf(facts.lastOrderAt, context.timeZone);
  const days = daysBetween(last, localDateOf(context.asOf, context.timeZone));
  const isLate = days > (lapse?.maxDays ?? 0);
  const verdict = passed
    ? { zh: "在区间内", en: "within" }
    : isLate
      ? { zh: "太久以前", en: "too long ago" }
      : { zh: "太近", en: "too recent" };
  return {
    zh: `最近一单 ${last}，${days} 天前，区间 ${asked} 天：${verdict.zh}`,
    en: `last order ${last}, ${days} days before, window ${asked}: ${verdict.en}`,
  };
}

const MODES = {
  any: { zh: "任一标签", en: "any label of" },
  grouped: { zh: "每类任一标签", en: "of each kind any label of" },
  all: { zh: "全部标签", en: "all labels of" },
} as const;

function labelsSentence(
  passed: boolean,
  { labels = {}, labelMode }: Segment,
  unknown: string,
  inWindow: boolean,
): Sentence {
  const asked = labelsText(labels);
  const mode = MODES[labelMode];
  const text = { zh: `${mode.zh} ${asked.zh}`, en: `${mode.en} ${asked.en}` };
  return judged(
    passed,
    joined([
      text,
      ...(inWindow ? [] : [{ zh: "按所有时间的订单判断", en: "over orders of any time" }]),
      ...(unknown === "" ? [] : [{ zh: `标签库没有 ${unknown}`, en: `not in the library: ${unknown}` }]),
    ]),
  );
}
