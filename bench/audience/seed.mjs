// A shop made inside the database: five orders a customer, two labels an order. Half of the orders are those of a tenth of the
// customers. Everything follows from the number of the row.

export const DAY = 86_400_000;
/** The instant that audiences are taken as of. */
export const AS_OF = 1_780_000_000_000;
const SPAN = 400 * DAY;
export const CITIES = 30;
export const BRANDS = 50;
export const CATEGORIES = 100;

/** Spread numbers over a range. @param {string} of an expression @param {number} factor @param {number} range */
const spread = (of, factor, range) => `(((${of}) * ${factor} + 12345) % ${range})`;

/**
 * @param {(sql: string) => Promise<unknown>} run
 * @param {(count: number) => string} numbers a derived table of the numbers from 1, in a column `i`
 * @param {number} customers
 */
export async function seed(run, numbers, customers) {
  await seedOrders(run, numbers, customers);
  await seedLabels(run, numbers, customers);
}

/** People and orders alone. @type {typeof seed} */
export async function seedOrders(run, numbers, customers) {
  const orders = customers * 5;
  await run(`insert into rk_customers (id, tenant_id, external_key, row_hash, created_at, updated_at)
    select i, 1, ${concat("'c'", "i")}, '', 0, 0 from ${numbers(customers)} as n`);
  await run(`insert into rk_customer_identities (tenant_id, type, value, customer_id)
    select 1, 'external_userid', ${concat("'wm_'", "i")}, i from ${numbers(customers)} as n where i % 5 <> 0`);
  const buyer = `case when i % 2 = 0 then ${spread("i", 104729, Math.ceil(customers / 10))} else ${spread("i", 15485863, customers)} end + 1`;
  await run(`insert into rk_orders (id, tenant_id, source, external_id, customer_id, ordered_at, amount_minor, refunded_minor,
      refunded_at, uncounted_from, status, row_hash)
    select i, 1, 'bench', ${concat("'o'", "i")}, ${buyer}, ${AS_OF} - 1 - ${spread("i * 1009", 86_028_121, SPAN)},
      1000 + i % 9000, 0, null, null, case when i % 3 = 0 then 'completed' when i % 20 = 1 then 'closed' else 'paid' end, ''
    from ${numbers(orders)} as n`);
}

/** @type {typeof seed} */
async function seedLabels(run, numbers, customers) {
  const orders = customers * 5;
  for (const [kind, count, from] of KINDS)
    await run(`insert into rk_labels (id, tenant_id, kind, bind_key, name)
      select i + ${from}, 1, '${kind}', ${concat("'k'", "i")}, ${concat("'k'", "i")} from ${numbers(count)} as n`);
  await run(`insert into rk_customer_labels (tenant_id, customer_id, label_id)
    select 1, i, ${spread("i", 7919, CITIES)} + 1 from ${numbers(customers)} as n`);
  await run(`insert into rk_order_labels (tenant_id, order_id, label_id)
    select 1, i, ${CITIES} + ${spread("i", 611953, BRANDS)} + 1 from ${numbers(orders)} as n`);
  await run(`insert into rk_order_labels (tenant_id, order_id, label_id)
    select 1, i, ${CITIES + BRANDS} + ${spread("i", 1_299_709, CATEGORIES)} + 1 from ${numbers(orders)} as n`);
}

/** @type {readonly (readonly [string, number, number])[]} */
const KINDS = [
  ["city", CITIES, 0],
  ["brand", BRANDS, CITIES],
  ["category", CATEGORIES, CITIES + BRANDS],
];

/** @type {(...parts: readonly string[]) => string} */
let concat = (...parts) => parts.join(" || ");
/** MariaDB takes the bars for a logical or. */
export function concatByFunction() {
  concat = (...parts) => `concat(${parts.join(", ")})`;
}
