import type { AttributeMatch, AudienceQuery, CountedOrders } from "../../audience/audience-query.js";
import type { Customer } from "../../customer/customer.js";
import { isCounted } from "../../customer/order.js";
import type { OrderRow } from "../customer/tables.js";
import { take } from "../selection.js";
import { compositeKey } from "../table.js";
import type { Tables } from "../tables.js";
import { meets } from "./conditions.js";

/** Counted orders of one person, by ascending id. */
export function countedOrders(
  tables: Tables,
  tenantId: number,
  customerId: number,
  counted: CountedOrders,
): readonly OrderRow[] {
  return tables.ordersByCustomer
    .rows(customerId)
    .filter((order) => order.tenantId === tenantId && isCounted(order, counted));
}

/** Turns a query into the question whether one customer is a member. */
export function membershipOf(tables: Tables, query: AudienceQuery): (customer: Customer) => boolean {
  const { tenantId, reachableBy, conditions = [] } = query;
  const named = query.customerIds && new Set(query.customerIds);
  const parts = new Map<BasicPart, (customer: Customer) => boolean>();
  const basic = (part: BasicPart) => {
    const known = parts.get(part) ?? basicOf(tables, query, part);
    parts.set(part, known);
    return known;
  };
  return (customer) => {
    if (customer.tenantId !== tenantId || (named && !named.has(customer.id))) return false;
    if (reachableBy !== undefined && customer.identities[reachableBy] === undefined) return false;
    if (!basic(query)(customer)) return false;
    if (conditions.length === 0) return true;
    const counted = countedOrders(tables, tenantId, customer.id, query.orders);
    const asked = { tables, query, customer, counted, basic: (part: BasicPart) => basic(part)(customer) };
    return conditions.every((one) => meets(asked, one));
  };
}

type BasicPart = Pick<AudienceQuery, "window" | "labelGroups" | "attributes">;

/** Whether window, labels and attributes hold. */
function basicOf(
  tables: Tables,
  { tenantId, orders }: AudienceQuery,
  { window, labelGroups, attributes = [] }: BasicPart,
): (customer: Customer) => boolean {
  const groups = labelGroups.map((group) => ({
    onPerson: new Set(group.customerLabelIds),
    onOrder: new Set(group.orderLabelIds),
  }));
  return (customer) => {
    if (!attributes.every((match) => matches(tables, tenantId, customer.id, match))) return false;
    if (!window && groups.length === 0) return true;

    const counted = countedOrders(tables, tenantId, customer.id, orders);
    const meant = window
      ? counted.filter(({ orderedAt }) => window.from <= orderedAt && orderedAt < window.to)
      : counted;
    if (window && meant.length === 0) return false;
    // Nothing after the window: then the newest of all lies inside it.
    if (window?.recency === "last-order" && counted.some(({ orderedAt }) => orderedAt >= window.to)) return false;

    const row = tables.customerLabelsByCustomer.find(compositeKey(tenantId, customer.id));
    const ownLabels = [...(row?.labelIds ?? [])];
    return groups.every(
      ({ onPerson, onOrder }) =>
        ownLabels.some((id) => onPerson.has(id)) ||
        meant.some(({ labelIds }) => labelIds.some((id) => onOrder.has(id))),
    );
  };
}

function matches(tables: Tables, tenantId: number, customerId: number, match: AttributeMatch): boolean {
  const { attributeId, isSet, values, min, max } = match;
  const row = tables.attributeValuesByCustomer
    .rows(customerId)
    .find((one) => one.tenantId === tenantId && one.attributeId === attributeId);
  if (!row || !isSet) return !row && !isSet;
  const { value } = row;
  return (
    (values === undefined || values.includes(value)) &&
    (min === undefined || (typeof value === typeof min && value >= min)) &&
    (max === undefined || (typeof value === typeof max && value <= max))
  );
}

/** Members after a customer id, by ascending id, at most `limit`. */
export function membersAfter(
  tables: Tables,
  query: AudienceQuery,
  afterId: number,
  limit: number,
): readonly Customer[] {
  const isMember = membershipOf(tables, query);
  return take(
    tables.customersByTenant.rows(query.tenantId),
    limit,
    (customer) => customer.id > afterId && isMember(customer),
  );
}

/** People left after each question of a query, in order. */
export function stepsOf(tables: Tables, query: AudienceQuery): readonly number[] {
  const { window, labelGroups, attributes, conditions = [], reachableBy, ...base } = query;
  const stages: AudienceQuery[] = [{ ...base, labelGroups: [] }];
  const add = (part: Partial<AudienceQuery>) => stages.push({ ...(stages.at(-1) ?? query), ...part });
  if (window) add({ window });
  if (labelGroups.length > 0) add({ labelGroups });
  if (attributes) add({ attributes });
  for (const at of conditions.keys()) add({ conditions: conditions.slice(0, at + 1) });
  if (reachableBy) add({ reachableBy });
  return stages.map((stage) => membersAfter(tables, stage, 0, Number.POSITIVE_INFINITY).length);
}
