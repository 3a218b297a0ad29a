import type { InputIssue, OrderInput, TenantKit } from "@recallkit/core";
import { normaliseText, parseInstant, type Stores, sha256Hex } from "@recallkit/core/ports";

/** What came of orders. */
export interface OrdersTaken {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Orders without a number, known by their facts: who, when and how much. */
  readonly unnumbered: number;
  readonly rejected: readonly (InputIssue & { readonly index: number })[];
}

/** Name of these orders' source; numbers of other sources are others. */
const SOURCE = "orders-create";
const KNOWN = new Set(["merchant_id", "user_name", "order_amount", "order_time", "order_no", "status"]);

/**
 * Takes orders of named users over, each by itself. An order without a number is known by its user, time and amount, and by
 * how many alike stand before it in the request: so that the same request again changes nothing, and two alike are two.
 *
 * Call it inside a transaction.
 */
export async function takeOrders(stores: Stores, kit: TenantKit, rows: readonly unknown[]): Promise<OrdersTaken> {
  const { timeZone } = await kit.tenant();
  const rejected: (InputIssue & { index: number })[] = [];
  const read: { readonly index: number; readonly row: ReadOrder }[] = [];
  for (const [index, sent] of rows.entries()) {
    const one = readOrder(sent, timeZone);
    if ("issues" in one) rejected.push(...one.issues.map((issue) => ({ index, ...issue })));
    else read.push({ index, row: one });
  }
  const keys = await keysOf(
    stores,
    kit.tenantId,
    read.map(({ row }) => row.userName),
  );
  const alike = new Map<string, number>();
  let unnumbered = 0;
  const orders = read.map(({ row }): OrderInput => {
    const { userName, at, amount, status } = row;
    let externalId = row.orderNo;
    if (externalId === undefined) {
      const facts = JSON.stringify([userName, at, amount]);
      const turn = (alike.get(facts) ?? 0) + 1;
      alike.set(facts, turn);
      externalId = `~${sha256Hex(`${facts} ${turn}`).slice(0, 32)}`;
      unnumbered += 1;
    }
    const externalKey = keys.get(userName) ?? userName;
    // Who is new gets their name; those who are known keep theirs.
    const buyer = keys.has(userName) ? {} : { buyer: { name: userName } };
    return { externalId, externalKey, orderedAt: at, amount, ...(status !== undefined && { status }), ...buyer };
  });
  const taken = await kit.orders.ingest(orders, { source: SOURCE, onRejected: "return" });
  rejected.push(
    ...taken.rejected.map(({ index, path, code, message }) => ({
      index: read[index]?.index ?? 0,
      path: NAMES[path] ?? path,
      code,
      message,
    })),
  );
  return {
    created: taken.inserted,
    updated: taken.updated,
    unchanged: taken.unchanged,
    unnumbered,
    rejected: rejected.toSorted((a, b) => a.index - b.index),
  };
}

/** Fields of core by the document's names. */
const NAMES: Readonly<Record<string, string>> = {
  externalId: "order_no",
  externalKey: "user_name",
  orderedAt: "order_time",
  amount: "order_amount",
};

interface ReadOrder {
  readonly userName: string;
  readonly at: number;
  readonly amount: string;
  readonly orderNo: string | undefined;
  readonly status: string | undefined;
}

function readOrder(sent: unknown, timeZone: string): ReadOrder | { readonly issues: readonly InputIssue[] } {
  const issue = (path: string, code: string, most = "") => ({ path, code, message: "is not valid", params: { most } });
  if (typeof sent !== "object" || sent === null || Array.isArray(sent))
    return { issues: [issue("", "recall-task.row")] };
  // A row from outside, field by field.
  const row = sent as Readonly<Record<string, unknown>>;
  const issues = Object.keys(row).flatMap((name) =>
    KNOWN.has(name) ? [] : [issue(name, "recall-task.unknown-field")],
  );
  const userName = typeof row.user_name === "string" ? normaliseText(row.user_name) : "";
  if (userName === "" || userName.length > 200) issues.push(issue("user_name", "recall-task.field", "200"));
  const amount = amountOf(row.order_amount);
  if (amount === undefined) issues.push(issue("order_amount", "order.amount"));
  const time = row.order_time;
  const at =
    typeof time === "number" ? time : typeof time === "string" ? parseInstant(time.trim(), timeZone) : undefined;
  if (at === undefined || !Number.isSafeInteger(at)) issues.push(issue("order_time", "order.time"));
  const [orderNo, status] = [row.order_no ?? undefined, row.status ?? undefined].map((value) =>
    typeof value === "number" ? String(value) : value,
  );
  if (orderNo !== undefined && !isShort(orderNo)) issues.push(issue("order_no", "recall-task.text", "255"));
  if (status !== undefined && !isShort(status)) issues.push(issue("status", "recall-task.text", "64"));
  if (issues.length > 0 || amount === undefined || at === undefined) return { issues };
  return {
    userName,
    at,
    amount,
    orderNo: isShort(orderNo) ? orderNo : undefined,
    status: isShort(status) ? status : undefined,
  };
}

function isShort(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "" && value.length <= 255;
}

/** An amount as decimal text; JSON numbers with more than two decimals are no money. */
function amountOf(given: unknown): string | undefined {
  const text = typeof given === "number" && Number.isFinite(given) ? String(given) : given;
  return typeof text === "string" && /^\d{1,13}(\.\d{1,2})?$/.test(text.trim()) ? text.trim() : undefined;
}

const ROWS = 500;

/** Keys of those who are known by their names: as a key, or as the name under which they sign in. */
async function keysOf(
  { customers, people }: Stores,
  tenantId: number,
  userNames: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const names = [...new Set(userNames)];
  const keys = new Map<string, string>();
  for (let start = 0; start < names.length; start += ROWS) {
    const slice = names.slice(start, start + ROWS);
    const owners = await customers.findOwners(
      tenantId,
      slice.map((value) => ({ type: "user_name" as const, value })),
    );
    const byId = new Map(
      (await customers.getMany(tenantId, [...new Set(owners.map(({ customerId }) => customerId))])).map((one) => [
        one.id,
        one.externalKey,
      ]),
    );
    for (const { value, customerId } of owners) {
      const key = byId.get(customerId);
      if (key !== undefined) keys.set(value, key);
    }
    for (const { externalKey } of await people.findMerged(tenantId, slice)) keys.set(externalKey, externalKey);
    for (const { externalKey } of await customers.findByKeys(tenantId, slice)) keys.set(externalKey, externalKey);
  }
  return keys;
}
