import type { SnapshotPage } from "@recallkit/core/ports";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { isMember } from "../audience/audience-sql.js";
import type { SqlDialect } from "../context.js";

/**
 * Enters the next members of an audience as deliveries. Rows that exist stay as they are.
 *
 * An address is a person's own within a tenant, so a row with the same address is one from before it changed hands.
 */
export function enterMembers(page: SnapshotPage, dialect: SqlDialect): RawBuilder<unknown> {
  const { tenantId, occurrenceId, ruleId, channel, addressType, query, afterId, limit, at } = page;
  return sql`${dialect.passingOver.insert} rk_deliveries
      (tenant_id, occurrence_id, rule_id, customer_id, channel, address, state, reason, updated_at)
    select ${tenantId}, ${occurrenceId}, ${ruleId}, m.id, ${channel}, m.address,
      case when m.reason is null then 'queued' else 'suppressed' end, m.reason, ${at}
    from (
      select c.id, i.value as address, case
          when i.value is null then 'no_address'
          when exists (select 1 from rk_deliveries as d where d.tenant_id = ${tenantId}
            and d.occurrence_id = ${occurrenceId} and d.address = i.value and d.channel = ${channel}
            and d.customer_id <> c.id) then 'duplicate_contact'
        end as reason
      from rk_customers as c
      left join rk_customer_identities as i
        on i.tenant_id = ${tenantId} and i.customer_id = c.id and i.type = ${addressType}
      where c.tenant_id = ${tenantId} and c.id > ${afterId} and ${isMember(query, dialect)}
      order by c.id limit ${limit}
    ) as m
    where true
    order by m.id
    ${dialect.passingOver.end}`;
}

/** What a page of a snapshot holds, read from the rows themselves, so that sizes and rows always agree. */
interface SnapshotFigures {
  readonly members: number;
  readonly suppressed: number;
  readonly lastId: number | null;
}

/** Counts the first rows after the cursor, at most as many as a page has. */
export async function figuresOf(page: SnapshotPage, db: Kysely<Database>): Promise<SnapshotFigures> {
  const { tenantId, occurrenceId, channel, afterId, limit } = page;
  const { rows } = await sql<SnapshotFigures>`select count(*) as members, max(customer_id) as "lastId",
      count(case when state = 'suppressed' then 1 end) as suppressed
    from (select customer_id, state from rk_deliveries
      where tenant_id = ${tenantId} and occurrence_id = ${occurrenceId} and channel = ${channel}
      and customer_id > ${afterId} order by customer_id limit ${limit}) as page`.execute(db);
  return rows[0] ?? { members: 0, suppressed: 0, lastId: null };
}
