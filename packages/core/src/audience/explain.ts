import { findCustomers } from "../customer/find-customers.js";
import type { LabelRef } from "../customer/label.js";
import { NotFoundError } from "../errors.js";
import { formatLocal, localDateOf } from "../local-time.js";
import { conditionText } from "./attribute-condition.js";
import type { AudienceContext } from "./audience.js";
import type { AudienceCondition } from "./audience-condition.js";
import type { AudienceQuery, CustomerFacts } from "./audience-query.js";
import type { ConditionName } from "./compile-conditions.js";
import { type CompiledNode, type CompiledSegment, compileTree, conditionOf } from "./compile-segment.js";
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
  for (const { name, condition, text } of node.parts)
    checks.push({ name, passed: await asks(condition), detail: detailOf(name, text, ask) });
  const own: Check[] = path === "" ? checks : checks.map((check) => ({ ...check, path }));
  for (const { name, title, nodes, condition } of node.inside) {
    const verdicts: boolean[] = [];
    const inner: Check[] = [];
    for (const [index, one] of nodes.entries()) {
      const at = [path, name, ...(name === "saved" ? [] : [index])].filter((part) => part !== "").join(".");
      const passed = await asks(conditionOf(one));
      verdicts.push(passed);
      inner.push({ name: "segment", passed, detail: passed ? "holds" : "does not hold", path: at });
      inner.push(...(await checksOf(one, ask, at)));
    }
    const held = `${verdicts.filter(Boolean).length} of ${verdicts.length} hold`;
    const detail = title === undefined ? held : `saved segment "${title}"`;
    own.push({ name, passed: await asks(condition), detail, ...(path !== "" && { path }) }, ...inner);
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
    });
    checks.push({
      name: "window",
      passed: await holds({ window }),
      detail: `${window.recency} from ${localDateOf(window.from, timeZone)} to ${localDateOf(window.to - 1, timeZone)}, as of ${formatLocal(asOf, timeZone)}`,
    });
  }
  if (labelGroups.length > 0) {
    const unknown = unknownOf(segment, compiled.unknownLabels);
    // Outside the window no order of it can carry a label: tell then what the person's other orders say.
    const inWindow = checks.every(({ passed }) => passed);
    checks.push({
      name: "labels",
      passed: await holds({ ...(window && inWindow && { window }), labelGroups }),
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
    checks.push({
      name: "attributes",
      passed: await holds({ attributes }),
      detail: [...asked.map(conditionText), ...(unknown ? [`unknown: ${unknown}`] : [])].join("; "),
    });
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
