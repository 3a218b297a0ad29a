// Pushes made inside the database, beside the shop of the audiences: sixty firings of ten rules, one a day, over a tenth of the
// customers each for every six. Everything follows from the number of the row.
import { AS_OF, DAY } from "../audience/seed.mjs";

const FIRINGS = 60;
const HOUR = 3_600_000;

/**
 * @param {(sql: string) => Promise<unknown>} run
 * @param {(count: number) => string} numbers a derived table of the numbers from 1, in a column `i`
 * @param {{ customers: number, deliveries: number }} size
 */
export async function seedPushes(run, numbers, { customers, deliveries }) {
  const due = (/** @type {string} */ firing) => `${AS_OF} - (${FIRINGS} + 1 - (${firing})) * ${DAY}`;
  await run(`insert into rk_occurrences (id, tenant_id, rule_id, rule_version, kind, nominal, time_zone, due_at, expires_at, state,
      blocked_on_review, snapshot_cursor, salt, lease_epoch, created_at)
    select i, 1, i % 10 + 1, 1, 'slot', cast(i as char(20)), 'Asia/Shanghai', ${due("i")}, ${AS_OF}, 'done', 0, 0, '', 0, 0
    from ${numbers(FIRINGS)} as n`);
  const accepted = `${due(`i % ${FIRINGS} + 1`)} + i % 3600 * 1000`;
  const delivered = `${accepted} + i % 7 * ${HOUR}`;
  const state = `case i % 20 when 0 then 'failed' when 1 then 'not_delivered' when 2 then 'accepted' when 3 then 'accepted'
    when 4 then 'unknown' else 'delivered' end`;
  await run(`insert into rk_deliveries (id, tenant_id, occurrence_id, rule_id, customer_id, channel, state, accepted_at,
      delivered_at, touched_at, updated_at)
    select i, 1, i % ${FIRINGS} + 1, (i % ${FIRINGS} + 1) % 10 + 1, (i * 13 + i % ${FIRINGS} * 104729) % ${customers} + 1, 'wecom', ${state},
      case when i % 20 in (0, 4) then null else ${accepted} end, case when i % 20 < 5 then null else ${delivered} end,
      case when i % 20 in (0, 1, 4) then null when i % 20 < 5 then ${accepted} else ${delivered} end, 0
    from ${numbers(deliveries)} as n`);
}
