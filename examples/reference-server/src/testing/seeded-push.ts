import { sql } from "kysely";
import type { ServerContext } from "../frame/context.js";

/** How many people of a push are in which state. */
export type PeopleByState = Readonly<Record<string, number>>;

type Database = ServerContext["stores"]["sql"];

/** States of people that the provider took. */
const ACCEPTED = ["accepted", "delivered", "not_delivered"];
const ROWS = 50_000;

/** People of a shop, written at once. @returns the id of the first one; the others follow it */
export async function seedPeople(db: Database, count: number, at: number, prefix = "v"): Promise<number> {
  for (let from = 1; from <= count; from += ROWS) {
    const to = Math.min(count, from + ROWS - 1);
    await sql`
      INSERT INTO rk_customers (tenant_id, external_key, row_hash, created_at, updated_at)
      WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to})
      SELECT 1, ${prefix} || i, '', ${at}, ${at} FROM n`.execute(db);
  }
  const first = await sql<{ id: number }>`SELECT min(id) AS id FROM rk_customers WHERE external_key = ${`${prefix}1`}`;
  return (await first.execute(db)).rows[0]?.id ?? 0;
}

/**
 * A push as it stands in the ledger after it went out, of an occurrence that nobody works on: nothing is sent.
 * Its people are customers from `first` on, in the order of the states.
 */
export async function seedDeliveries(
  db: Database,
  { occurrence, first, people, at }: SeededPush,
): Promise<{ readonly batch: number }> {
  const size = Object.values(people).reduce((sum, count) => sum + count, 0);
  const rule = sql`(SELECT rule_id FROM rk_occurrences WHERE id = ${occurrence})`;
  await sql`
    INSERT INTO rk_batches (tenant_id, occurrence_id, rule_id, channel, number, state, size, marker, capability, warnings,
      attempts, resends, faults, look_ups, not_before, attempted_at, accepted_at, polls, settled, lease_epoch, created_at)
    VALUES (1, ${occurrence}, ${rule}, 'wecom', 1, 'accepted', ${size}, '', 'lookup', '[]',
      1, 0, 0, 0, ${at}, ${at}, ${at}, 0, 1, 1, ${at})`.execute(db);
  const made = sql<{ id: number }>`SELECT max(id) AS id FROM rk_batches WHERE occurrence_id = ${occurrence}`;
  const batch = (await made.execute(db)).rows[0]?.id ?? 0;
  let next = first;
  for (const [state, count] of Object.entries(people)) {
    const accepted = ACCEPTED.includes(state) ? at : null;
    for (const end = next + count; next < end; next = Math.min(end, next + ROWS)) {
      await sql`
        INSERT INTO rk_deliveries (tenant_id, occurrence_id, rule_id, customer_id, channel, address, batch_id, state,
          accepted_at, delivered_at, touched_at, updated_at)
        SELECT 1, ${occurrence}, ${rule}, id, 'wecom', 'wm-' || external_key, ${batch}, ${state},
          ${accepted}, ${state === "delivered" ? at : null}, ${accepted}, ${at}
        FROM rk_customers WHERE id >= ${next} AND id < ${Math.min(end, next + ROWS)}`.execute(db);
    }
  }
  await sql`
    UPDATE rk_occurrences SET state = 'completed', audience_size = ${size}, as_of = ${at}, due_at = ${at}, started_at = ${at},
      finished_at = ${at} WHERE id = ${occurrence}`.execute(db);
  return { batch };
}

/** What {@link seedDeliveries} writes. */
interface SeededPush {
  readonly occurrence: number;
  /** Id of the first customer. */
  readonly first: number;
  readonly people: PeopleByState;
  /** When all of it happened, epoch ms. */
  readonly at: number;
}
