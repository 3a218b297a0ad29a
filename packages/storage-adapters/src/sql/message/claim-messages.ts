import type { ClaimTerms, MessageScope, MessageWork } from "@recallkit/core/ports";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import type { SqlDialect } from "../context.js";

/** Leases due messages. @returns their ids */
export function claimMessages(
  { db, dialect }: { readonly db: Kysely<Database>; readonly dialect: SqlDialect },
  work: MessageWork,
  { owner, now, until, limit }: ClaimTerms,
  scope: MessageScope,
): Promise<readonly number[]> {
  const due = sql`select b.id, b.state, b.lease_epoch as epoch from rk_messages as b
    where ${isDue(work, now)} and (b.lease_until is null or b.lease_until <= ${now})
      ${scope.lane === undefined ? sql`` : sql`and b.lane = ${scope.lane}`} ${inScope(scope, dialect)}
    order by b.lane desc, b.not_before, b.id`;
  // What is claimed to be sent counts as begun: the commit of the claim is the commit of the intent.
  const also =
    work === "send"
      ? { also: sql`state = 'dispatching', lane = 0, attempts = attempts + 1, attempted_at = ${now}` }
      : {};
  return dialect.claim(db, "rk_messages", due, { owner, until, limit, ...also });
}

function isDue(work: MessageWork, now: number): RawBuilder<unknown> {
  switch (work) {
    case "send":
      return sql`b.state = 'queued' and b.not_before <= ${now}`;
    case "expired":
      return sql`b.state = 'queued' and b.not_before is not null and b.expires_at <= ${now}`;
    case "look-up":
      return sql`b.state = 'unknown' and b.lane = 0 and b.not_before <= ${now}`;
    case "results":
      return sql`b.state = 'accepted' and b.lane = 0 and b.not_before <= ${now}`;
    case "abandoned":
      return sql`b.state = 'dispatching' and b.lane = 0 and b.not_before is not null`;
  }
}

/** Tenants with queued messages after one, by seeks in an index and not by a walk over their messages. */
export async function queuedTenants(db: Kysely<Database>, after: number, limit: number): Promise<readonly number[]> {
  const next = (than: RawBuilder<unknown>) =>
    sql`(select min(m.tenant_id) from rk_messages as m where m.state = 'queued' and m.tenant_id > ${than})`;
  const { rows } = await sql<{ id: number }>`with recursive queued_tenants (id) as (
      select ${next(sql`${after}`)} as id
      union all
      select ${next(sql`t.id`)} from queued_tenants as t where t.id is not null
    )
    select id from queued_tenants where id is not null limit ${limit}`.execute(db);
  return rows.map(({ id }) => Number(id));
}

function inScope({ except = [], only, tenantId }: MessageScope, dialect: SqlDialect): RawBuilder<unknown> {
  const of = tenantId === undefined ? sql`` : sql`and b.tenant_id = ${tenantId}`;
  return sql`${of} ${ofChannels({ except, ...(only && { only }) }, dialect)}`;
}

function ofChannels({ except = [], only }: MessageScope, dialect: SqlDialect): RawBuilder<unknown> {
  if (only) return sql`and b.tenant_id = ${only.tenantId} and b.channel = ${only.channel}`;
  if (except.length === 0) return sql``;
  const keys = dialect.rows(
    { tenant_id: "integer", channel: "text" },
    except.map(({ tenantId, channel }) => [tenantId, channel]),
  );
  return sql`and not exists (select 1 from ${keys} as k where k.tenant_id = b.tenant_id and k.channel = b.channel)`;
}
