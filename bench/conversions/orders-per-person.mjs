// The documents' way, done right: all records of pushes into memory, people by their best outcome, then the orders of those who
// were reached since the first push, by lists of ids, each given to the last push before it.

/** @typedef {(sql: string) => Promise<any[]>} Ask */

const CHUNK = 10_000;
const BEST = ["delivered", "accepted", "not_delivered", "failed", "unknown"];

/**
 * @param {Ask} ask
 * @param {{ asOf: number, windowMs: number, statuses: readonly string[] }} terms
 */
export async function ordersPerPerson(ask, { asOf, windowMs, statuses }) {
  const pushes = await ask(`select d.id, d.customer_id as person, d.state, d.touched_at as at from rk_deliveries as d
    join rk_occurrences as o on o.id = d.occurrence_id where d.tenant_id = 1 and o.kind <> 'test'`);
  /** @type {Map<number, number>} */
  const outcomes = new Map();
  /** @type {Map<number, { at: number, id: number }[]>} */
  const touches = new Map();
  let first = Number.MAX_SAFE_INTEGER;
  for (const { id, person, state, at } of pushes) {
    outcomes.set(person, Math.min(outcomes.get(person) ?? BEST.length, BEST.indexOf(state)));
    if (at === null) continue;
    const own = touches.get(person);
    if (own) own.push({ at, id });
    else touches.set(person, [{ at, id }]);
    first = Math.min(first, at);
  }
  for (const own of touches.values()) own.sort((a, b) => a.at - b.at || a.id - b.id);
  const counts = BEST.map(() => 0);
  for (const best of outcomes.values()) counts[best] = (counts[best] ?? 0) + 1;
  const texts = statuses.map((one) => `'${one}'`).join(", ");
  const figures = { orders: 0, revenueMinor: 0, refundedMinor: 0 };
  const buyers = new Set();
  const reached = [...touches.keys()];
  for (let at = 0; at < reached.length; at += CHUNK) {
    const people = reached.slice(at, at + CHUNK).join(", ");
    const orders =
      await ask(`select customer_id as person, ordered_at as at, amount_minor as amount, refunded_minor as refunded,
        refunded_at from rk_orders
      where tenant_id = 1 and ordered_at >= ${first} and ordered_at < ${asOf} and status in (${texts})
        and (uncounted_from is null or uncounted_from >= ${asOf}) and customer_id in (${people})`);
    for (const order of orders) {
      const last = touches.get(order.person)?.findLast((touch) => touch.at <= order.at);
      if (!last || order.at >= last.at + windowMs) continue;
      figures.orders += 1;
      figures.revenueMinor += order.amount;
      if (order.refunded_at === null || order.refunded_at < asOf) figures.refundedMinor += order.refunded;
      buyers.add(order.person);
    }
  }
  const [delivered, waiting, notDelivered, failed, unknown] = counts;
  const people = { delivered, waiting, notDelivered, failed, unknown, audience: outcomes.size };
  return { ...people, ...figures, buyers: buyers.size };
}
