import type { Consent, ConsentRecord, ConsentStatus } from "@recallkit/core";
import { type ConsentStore, cursorToId, pageLimit, pageOf, replacesConsent } from "@recallkit/core/ports";
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { insertRows, updateRows } from "../bulk.js";
import type { SqlContext, SqlDialect } from "../context.js";

/** Consents in SQL. */
export function consentStore(context: SqlContext): ConsentStore {
  const { db, dialect } = context;
  return {
    record: (tenantId, rows) =>
      context.atomic(async (tx) => {
        if (rows.length === 0) return 0;
        const inside = { db: tx, dialect };
        const added = await insertRows(inside, "rk_consent_records", rows.map(toRow), { ignoreExisting: true });
        await keepConsents(inside, tenantId, rows);
        return added;
      }),
    async current(tenantId, customerIds) {
      return (await heldRows({ db, dialect }, tenantId, customerIds)).map(({ id: _, ...row }) => row);
    },
    async list(tenantId, filter) {
      const limit = pageLimit(filter);
      let rows = consentRecords(db).where("tenant_id", "=", tenantId).where("id", ">", cursorToId(filter.cursor));
      if (filter.customerId !== undefined) rows = rows.where("customer_id", "=", filter.customerId);
      if (filter.channel !== undefined) rows = rows.where("channel", "=", filter.channel);
      if (filter.purpose !== undefined) rows = rows.where("purpose", "=", filter.purpose);
      if (filter.status !== undefined) rows = rows.where("granted", "=", filter.status === "granted" ? 1 : 0);
      const found = await rows
        .orderBy("id")
        .limit(limit + 1)
        .execute();
      return pageOf(found.map(toConsent), limit);
    },
  };
}

interface Inside {
  readonly db: Kysely<Database>;
  readonly dialect: SqlDialect;
}

/** Puts words into their places unless later ones hold; inside a transaction. */
async function keepConsents(inside: Inside, tenantId: number, rows: readonly Consent[]): Promise<void> {
  const ids = [...new Set(rows.map(({ customerId }) => customerId))];
  const held = new Map((await heldRows(inside, tenantId, ids)).map((row) => [placeOf(row), row]));
  const kept = new Map<string, Consent>();
  for (const row of rows) {
    const place = placeOf(row);
    if (replacesConsent(row, kept.get(place) ?? held.get(place))) kept.set(place, row);
  }
  const changed = [...kept].map(([place, row]) => ({ id: held.get(place)?.id, ...toRow(row) }));
  await insertRows(
    inside,
    "rk_consents",
    changed.flatMap(({ id, ...row }) => (id === undefined ? [row] : [])),
  );
  await updateRows(
    inside,
    "rk_consents",
    changed.flatMap(({ id, ...row }) => (id === undefined ? [] : [{ ...row, id }])),
  );
}

/** Evidence of some customers, by id. */
export async function recordsOfPeople(
  db: Kysely<Database>,
  tenantId: number,
  customerIds: readonly number[],
): Promise<readonly ConsentRecord[]> {
  const rows = await consentRecords(db)
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "in", customerIds)
    .orderBy("id")
    .execute();
  return rows.map(toConsent);
}

/** Gives what one person said to another; inside a transaction. Evidence that both have stays with the row that it came to. */
export async function mergeConsents(inside: Inside, tenantId: number, into: number, from: number): Promise<void> {
  const { db, dialect } = inside;
  const given = (await heldRows(inside, tenantId, [from])).map(({ id: _, ...row }) => ({ ...row, customerId: into }));
  await keepConsents(inside, tenantId, given);
  await db.deleteFrom("rk_consents").where("tenant_id", "=", tenantId).where("customer_id", "=", from).execute();
  const records = await recordsOfPeople(db, tenantId, [into, from]);
  const wordOf = (row: Consent) => JSON.stringify([row.purpose, row.channel, row.status, row.at]);
  const own = new Set(records.filter(({ customerId }) => customerId === into).map(wordOf));
  const moved = records.filter((row) => row.customerId === from && !own.has(wordOf(row)));
  if (moved.length === 0) return;
  await db
    .updateTable("rk_consent_records")
    .set({ customer_id: into })
    .where("tenant_id", "=", tenantId)
    .where("id", "in", sql<number>`${dialect.list(moved.map(({ id }) => id))}`)
    .execute();
}

/** That the person of a row of `rk_deliveries` has not agreed. One look-up by key per channel name. */
export function lacksConsent(tenantId: number, purpose: string): RawBuilder<SqlBool> {
  const last = (granted: 0 | 1) => sql`coalesce(max(case when k.granted = ${granted} then k.at end), -1)`;
  return sql`(select case when ${last(1)} > ${last(0)} then 0 else 1 end from rk_consents as k
    where k.tenant_id = ${tenantId} and k.customer_id = rk_deliveries.customer_id and k.purpose = ${purpose}
      and k.channel in (rk_deliveries.channel, '*')) = 1`;
}

async function heldRows({ db, dialect }: Inside, tenantId: number, customerIds: readonly number[]) {
  if (customerIds.length === 0) return [];
  const rows = await db
    .selectFrom("rk_consents")
    .select(COLUMNS)
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "in", sql<number>`${dialect.list(customerIds)}`)
    .orderBy("customer_id")
    .orderBy("purpose")
    .orderBy("channel")
    .execute();
  return rows.map(toConsent);
}

const COLUMNS = [
  "id",
  "tenant_id as tenantId",
  "customer_id as customerId",
  "channel",
  "purpose",
  "granted",
  "wording",
  "source",
  "evidence",
  "at",
  "recorded_at as recordedAt",
] as const;

function consentRecords(db: Kysely<Database>) {
  return db.selectFrom("rk_consent_records").select(COLUMNS);
}

function toConsent<R extends { readonly granted: 0 | 1 }>({ granted, ...row }: R) {
  const status: ConsentStatus = granted === 1 ? "granted" : "withdrawn";
  return { ...row, status };
}

function toRow({ tenantId, customerId, channel, purpose, status, wording, source, evidence, at, recordedAt }: Consent) {
  return {
    tenant_id: tenantId,
    customer_id: customerId,
    channel,
    purpose,
    granted: status === "granted" ? (1 as const) : (0 as const),
    wording,
    source,
    evidence,
    at,
    recorded_at: recordedAt,
  };
}

function placeOf({ customerId, purpose, channel }: Consent): string {
  return JSON.stringify([customerId, purpose, channel]);
}
