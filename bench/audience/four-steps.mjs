// S4's four steps, with the one that makes them correct: people of the window, less those who bought again since, who have a
// label by lists of ids, and their rows.

/** @typedef {(sql: string) => Promise<any[]>} Ask */

const CHUNK = 10_000;

/**
 * @param {Ask} ask
 * @param {{ from: number, to: number, asOf: number, statuses: readonly string[], labels: readonly (readonly [string, string])[] }} segment
 * @returns {Promise<readonly number[]>} ids, ascending
 */
export async function fourSteps(ask, { from, to, asOf, statuses, labels }) {
  const texts = statuses.map((one) => `'${one}'`).join(", ");
  const counts = `tenant_id = 1 and status in (${texts}) and (uncounted_from is null or uncounted_from >= ${asOf})`;
  const bought = await ask(
    `select distinct customer_id as id from rk_orders where ${counts} and ordered_at >= ${from} and ordered_at < ${to}`,
  );
  const again = new Set(
    (
      await ask(
        `select distinct customer_id as id from rk_orders where ${counts} and ordered_at >= ${to} and ordered_at < ${asOf}`,
      )
    ).map(({ id }) => Number(id)),
  );
  const lapsed = bought.map(({ id }) => Number(id)).filter((id) => !again.has(id));
  if (labels.length === 0) return lapsed.sort((a, b) => a - b);
  const pairs = labels.map(([kind, key]) => `(kind = '${kind}' and bind_key = '${key}')`).join(" or ");
  const ids = (await ask(`select id from rk_labels where tenant_id = 1 and (${pairs})`)).map(({ id }) => id).join(", ");
  /** @type {Set<number>} */
  const found = new Set();
  for (let at = 0; at < lapsed.length; at += CHUNK) {
    const people = lapsed.slice(at, at + CHUNK).join(", ");
    const own = await ask(
      `select customer_id as id from rk_customer_labels where tenant_id = 1 and label_id in (${ids}) and customer_id in (${people})`,
    );
    const ofOrders = await ask(
      `select distinct o.customer_id as id from rk_orders as o join rk_order_labels as l on l.tenant_id = 1 and l.order_id = o.id
        where o.tenant_id = 1 and o.ordered_at >= ${from} and o.ordered_at < ${to} and o.status in (${texts})
        and (o.uncounted_from is null or o.uncounted_from >= ${asOf}) and l.label_id in (${ids}) and o.customer_id in (${people})`,
    );
    for (const { id } of [...own, ...ofOrders]) found.add(Number(id));
  }
  return [...found].sort((a, b) => a - b);
}

/** The fourth step: the rows of the people. @param {Ask} ask @param {readonly number[]} ids */
export async function rowsOf(ask, ids) {
  /** @type {string[]} */
  const keys = [];
  for (let at = 0; at < ids.length; at += CHUNK) {
    const people = ids.slice(at, at + CHUNK).join(", ");
    for (const { key } of await ask(
      `select id, external_key as "key" from rk_customers where tenant_id = 1 and id in (${people}) order by id`,
    ))
      keys.push(key);
  }
  return keys;
}
