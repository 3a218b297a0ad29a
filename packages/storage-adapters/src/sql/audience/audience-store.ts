import type { AudienceMember } from "@recallkit/core";
import type { AudienceStore, CustomerFacts } from "@recallkit/core/ports";
import { type Compilable, type RawBuilder, sql } from "kysely";
import type { SqlContext } from "../context.js";
import { countLevels, countMembers, isMember, pageOfAll } from "./audience-sql.js";
import { isCounted } from "./counted-orders.js";
import { indexRows } from "./index-rows.js";

/** Longer pages hold a good part of an audience, so that all of it is found at once instead of by a walk through the customers. */
const WALKED_PAGE = 5_000;

/** Audiences by one set-based statement per question. */
export function audienceStore({ db, dialect, heavy }: SqlContext): AudienceStore {
  const compiled = <R>(query: RawBuilder<R>): Compilable<R> => ({ compile: () => query.compile(db) });

  return {
    async count(query) {
      const [row] = await heavy(compiled(countMembers(query, dialect)));
      return row?.n ?? 0;
    },
    async steps(query) {
      const { statement, stages } = countLevels(query, dialect);
      const rows = await heavy(compiled(statement));
      const all = rows.find(({ level }) => level === -1)?.n ?? 0;
      const past = (stage: number) => rows.reduce((sum, { level, n }) => (level >= stage ? sum + n : sum), 0);
      return [all, ...Array.from({ length: stages }, (_, stage) => past(stage))];
    },
    page: (query, afterId, limit, { isRare = false } = {}) =>
      heavy(
        compiled(
          isRare || limit > WALKED_PAGE
            ? pageOfAll(query, { afterId, limit }, dialect)
            : sql<AudienceMember>`select c.id as "customerId", c.external_key as "externalKey" from rk_customers as c
          where c.tenant_id = ${query.tenantId} and c.id > ${afterId} and ${isMember(query, dialect)}
          order by c.id limit ${limit}`,
        ),
      ),
    async includes(query, customerId) {
      const { rows } = await sql`select 1 from rk_customers as c
        where c.tenant_id = ${query.tenantId} and c.id = ${customerId} and ${isMember(query, dialect)}`.execute(db);
      return rows.length > 0;
    },
    rows: (tenantId, which) => indexRows({ db, dialect }, tenantId, which),
    async facts(tenantId, customerId, orders) {
      const { rows } = await sql<CustomerFacts>`select count(*) as "orderCount",
        min(o.ordered_at) as "firstOrderAt", max(o.ordered_at) as "lastOrderAt"
        from rk_orders as o where o.tenant_id = ${tenantId} and o.customer_id = ${customerId}
        and ${isCounted(orders)}`.execute(db);
      return rows[0] ?? { orderCount: 0, firstOrderAt: null, lastOrderAt: null };
    },
  };
}
