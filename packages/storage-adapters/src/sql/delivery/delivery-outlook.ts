import type { ConsentStatus } from "@recallkit/core";
import { MARKETING_PURPOSE, type MemberOutlook, type OutlookPage, suppressionChannels } from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { isMember } from "../audience/audience-sql.js";
import type { SqlDialect } from "../context.js";

interface MemberRow {
  readonly customerId: number;
  readonly externalKey: string;
  readonly timeZone: string | null;
  readonly address: string | null;
}

/** Members of a page with their suppressions, consents and charges: five statements for at most 1 000 people. */
export async function outlookOf(
  page: OutlookPage,
  db: Kysely<Database>,
  dialect: SqlDialect,
): Promise<readonly MemberOutlook[]> {
  const { tenantId, channel, addressType, query, afterId, limit, chargesSince } = page;
  const { rows: members } = await sql<MemberRow>`select c.id as "customerId", c.external_key as "externalKey",
      c.time_zone as "timeZone",
      i.value as address
    from rk_customers as c
    left join rk_customer_identities as i
      on i.tenant_id = ${tenantId} and i.customer_id = c.id and i.type = ${addressType}
    where c.tenant_id = ${tenantId} and c.id > ${afterId} and ${isMember(query, dialect)}
    order by c.id limit ${limit}`.execute(db);
  if (members.length === 0) return [];
  const ids = dialect.list(members.map(({ customerId }) => customerId));
  const addresses = dialect.list(
    members.flatMap(({ address }) => address ?? []),
    "texts",
  );
  const channels = sql.join([...suppressionChannels(channel)]);
  const { rows: suppressions } = await sql<{ customerId: number | null; address: string | null; reason: string }>`
    select customer_id as "customerId", address, reason from rk_suppressions
    where tenant_id = ${tenantId} and channel in (${channels}) and customer_id in ${ids}
    union all
    select customer_id as "customerId", address, reason from rk_suppressions
    where tenant_id = ${tenantId} and channel in (${channels}) and address in ${addresses}`.execute(db);
  const { rows: consents } = await sql<{ customerId: number; status: ConsentStatus; at: number }>`
    select customer_id as "customerId", case when granted = 1 then 'granted' else 'withdrawn' end as status, at
    from rk_consents where tenant_id = ${tenantId} and customer_id in ${ids} and purpose = ${MARKETING_PURPOSE}
      and channel in (${channel}, '*')`.execute(db);
  const { rows: charges } = await sql<{ customerId: number; at: number }>`select customer_id as "customerId", at
    from rk_cap_ledger where tenant_id = ${tenantId} and customer_id in ${ids} and at >= ${chargesSince} and batch_id >= 0`.execute(
    db,
  );
  const { rows: received } = await sql<{ customerId: number; at: number | null }>`select l.customer_id as "customerId",
      case when o.state = 'delivered' then o.delivered_at end as at
    from rk_cap_ledger as l cross join rk_deliveries as o
    where l.tenant_id = ${tenantId} and l.customer_id in ${ids} and l.at >= ${chargesSince}
      and o.tenant_id = ${tenantId} and o.id = l.delivery_id and o.channel = ${channel}
      and o.state <> 'not_delivered'`.execute(db);
  const reasonsOf = grouped(
    suppressions,
    (row) => row.address ?? row.customerId ?? 0,
    (row) => row.reason,
  );
  const consentsOf = grouped(
    consents,
    (row) => row.customerId,
    ({ status, at }) => ({ status, at }),
  );
  const chargesOf = grouped(
    charges,
    (row) => row.customerId,
    (row) => row.at,
  );
  const receivedOf = grouped(
    received,
    (row) => row.customerId,
    (row) => row.at,
  );
  return members.map((member) => ({
    ...member,
    suppressions: [
      ...(reasonsOf.get(member.customerId) ?? []),
      ...(member.address === null ? [] : (reasonsOf.get(member.address) ?? [])),
    ],
    consents: consentsOf.get(member.customerId) ?? [],
    charges: chargesOf.get(member.customerId) ?? [],
    received: receivedOf.get(member.customerId) ?? [],
  }));
}

function grouped<R, K, V>(rows: readonly R[], keyOf: (row: R) => K, pick: (row: R) => V): ReadonlyMap<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row)) ?? [];
    group.push(pick(row));
    groups.set(keyOf(row), group);
  }
  return groups;
}
