import type { FactBatch, FiguresQuery } from "../ports.js";

/** Names a table of a database. The name is one of letters, digits and `_`: it is checked where it is set. */
export function tablesIn(database: string) {
  return { orders: `\`${database}\`.\`rk_orders\``, people: `\`${database}\`.\`rk_people\`` };
}

type Tables = ReturnType<typeof tablesIn>;

/** What makes the database and its tables. A later version of a row takes the place of the one before, whenever parts are merged. */
export function schemaOf(database: string): readonly string[] {
  const { orders, people } = tablesIn(database);
  return [
    `CREATE DATABASE IF NOT EXISTS \`${database}\``,
    `CREATE TABLE IF NOT EXISTS ${orders} (
      tenant_id UInt64, order_id UInt64, customer_id UInt64, ordered_at Int64, amount_minor Int64, refunded_minor Int64,
      status String, codes Array(String), names Array(String), quantities Array(Int64), amounts Array(Int64),
      projects Array(String), doctors Array(String), is_gone UInt8, version UInt64
    ) ENGINE = ReplacingMergeTree(version) ORDER BY (tenant_id, order_id)`,
    `CREATE TABLE IF NOT EXISTS ${people} (
      tenant_id UInt64, customer_id UInt64, vip_level String, gender String, tags Array(String), created_at Int64,
      is_gone UInt8, version UInt64
    ) ENGINE = ReplacingMergeTree(version) ORDER BY (tenant_id, customer_id)`,
  ];
}

/** Rows of people, for JSONEachRow. */
export function peopleRows({ tenantId, revision, people, gonePeople }: FactBatch): readonly object[] {
  const key = (id: number) => ({ tenant_id: tenantId, customer_id: id, version: revision });
  return [
    ...people.map(({ customerId, vipLevel, gender, tags, createdAt }) => {
      return { ...key(customerId), vip_level: vipLevel, gender, tags, created_at: createdAt, is_gone: 0 };
    }),
    ...gonePeople.map((id) => ({ ...key(id), is_gone: 1 })),
  ];
}

/** Rows of orders, each with its lines: an order is replaced as a whole. */
export function orderRows({ tenantId, revision, orders, goneOrders }: FactBatch): readonly object[] {
  const key = (id: number) => ({ tenant_id: tenantId, order_id: id, version: revision });
  return [
    ...orders.map((order) => ({
      ...key(order.orderId),
      customer_id: order.customerId,
      ordered_at: order.orderedAt,
      amount_minor: order.amountMinor,
      refunded_minor: order.refundedMinor,
      status: order.status,
      codes: order.lines.map(({ code }) => code),
      names: order.lines.map(({ name }) => name),
      quantities: order.lines.map(({ quantity }) => quantity),
      amounts: order.lines.map(({ amountMinor }) => amountMinor),
      projects: order.projects.map((one) => one.key),
      doctors: order.doctors.map((one) => one.key),
      is_gone: 0,
    })),
    ...goneOrders.map((id) => ({ ...key(id), is_gone: 1 })),
  ];
}

/** Figures by tenant. */
export function figuresStatement({ orders }: Tables, query: FiguresQuery): string {
  return `SELECT tenant_id, count() AS orders, uniqExact(customer_id) AS buyers, sum(amount_minor) AS amount,
    sum(refunded_minor) AS refunded FROM ${orders} FINAL ${placed(query)} GROUP BY tenant_id ORDER BY tenant_id`;
}

/** What sold best. */
export function topItemsStatement({ orders }: Tables, query: FiguresQuery, limit: number): string {
  return `SELECT tenant_id, code, sum(line_quantity) AS quantity, sum(line_amount) AS amount FROM (
      SELECT tenant_id, codes, quantities, amounts FROM ${orders} FINAL ${placed(query)}
    ) ARRAY JOIN codes AS code, quantities AS line_quantity, amounts AS line_amount
    WHERE code != '' GROUP BY tenant_id, code ORDER BY amount DESC, tenant_id, code LIMIT ${whole(limit)}`;
}

function placed({ tenantIds, from, to }: FiguresQuery): string {
  const tenants = tenantIds.length === 0 ? "0" : tenantIds.map(whole).join(", ");
  return `WHERE is_gone = 0 AND tenant_id IN (${tenants}) AND ordered_at >= ${whole(from)} AND ordered_at < ${whole(to)}`;
}

/** Old servers know no parameters; nothing but whole numbers goes into a statement. */
function whole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError("a whole number is needed");
  return String(value);
}
