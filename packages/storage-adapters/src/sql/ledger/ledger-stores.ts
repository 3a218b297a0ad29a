import type { Alarm } from "@recallkit/core";
import type { AlarmStore, AuditStore, ConfigStore, MediaStore, NewAlarm } from "@recallkit/core/ports";
import { cursorToId, pageLimit, pageOf } from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { insertRows } from "../bulk.js";
import { toColumns } from "../columns.js";
import type { SqlContext } from "../context.js";
import { isOfTenant } from "../is-of-tenant.js";
import { holdRow } from "../row-lock.js";

/** The audit of transitions in SQL. */
export function auditStore(context: SqlContext): AuditStore {
  return {
    async add(records) {
      const rows = records.map((record) => ({
        tenant_id: record.tenantId,
        entity: record.entity,
        entity_id: record.entityId,
        from_state: record.from,
        to_state: record.to,
        reason: record.reason,
        row_count: record.count,
        lease_epoch: record.leaseEpoch,
        at: record.at,
      }));
      await insertRows(context, "rk_transitions", rows);
    },
    list: (tenantId, entity, entityId, limit) =>
      context.db
        .selectFrom("rk_transitions")
        .select([
          "tenant_id as tenantId",
          "entity",
          "entity_id as entityId",
          "from_state as from",
          "to_state as to",
          "reason",
          "row_count as count",
          "lease_epoch as leaseEpoch",
          "at",
        ])
        .where("tenant_id", "=", tenantId)
        .where("entity", "=", entity)
        .where("entity_id", "=", entityId)
        .orderBy("id")
        .limit(limit)
        .execute(),
  };
}

const ALARM = [
  "id",
  "tenant_id as tenantId",
  "code",
  "entity",
  "entity_id as entityId",
  "detail",
  "addresses",
  "at",
  "acknowledged_by as acknowledgedBy",
  "acknowledged_at as acknowledgedAt",
] as const;

function alarmOf(row: Omit<Alarm, "addresses"> & { readonly addresses: string | null }): Alarm {
  return { ...row, addresses: row.addresses === null ? [] : JSON.parse(row.addresses) };
}

function columnsOf({ addresses = [], ...alarm }: NewAlarm) {
  return { ...toColumns(alarm), addresses: storedAddresses(addresses) };
}

function storedAddresses(addresses: readonly string[]): string | null {
  return addresses.length > 0 ? JSON.stringify(addresses) : null;
}

/** Alarms in SQL. */
export function alarmStore({ db, dialect, atomic }: SqlContext): AlarmStore {
  async function isKnown(tx: Kysely<Database>, { tenantId, code, entity, entityId }: NewAlarm) {
    const found = await tx
      .selectFrom("rk_alarms")
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("code", "=", code)
      .where("entity", "=", entity)
      .where("entity_id", "=", entityId)
      .limit(1)
      .executeTakeFirst();
    return found !== undefined;
  }

  return {
    async add(alarm) {
      await db.insertInto("rk_alarms").values(columnsOf(alarm)).execute();
    },
    addOnce: (alarm) =>
      atomic(async (tx) => {
        if (await isKnown(tx, alarm)) return false;
        // There is no key that two would break: whoever raises one holds the tenant, and looks again.
        await holdRow({ db: tx, dialect }, "rk_tenants", { tenantId: alarm.tenantId, id: alarm.tenantId }, "exclusive");
        if (dialect.holding && (await isKnown(tx, alarm))) return false;
        await tx.insertInto("rk_alarms").values(columnsOf(alarm)).execute();
        return true;
      }),
    async after(alarmId, limit) {
      const rows = db.selectFrom("rk_alarms").select(ALARM).where("id", ">", alarmId).orderBy("id").limit(limit);
      return (await rows.execute()).map(alarmOf);
    },
    async lastId() {
      const row = await db.selectFrom("rk_alarms").select("id").orderBy("id", "desc").limit(1).executeTakeFirst();
      return row?.id ?? 0;
    },
    async list(tenantId, page) {
      const limit = pageLimit(page);
      const rows = await db
        .selectFrom("rk_alarms")
        .select(ALARM)
        .where("tenant_id", "=", tenantId)
        .where("id", ">", cursorToId(page.cursor))
        .orderBy("id")
        .limit(limit + 1)
        .execute();
      return pageOf(rows.map(alarmOf), limit);
    },
    async acknowledge(tenantId, alarmId, { by, at }) {
      await db
        .updateTable("rk_alarms")
        .set({ acknowledged_by: by, acknowledged_at: at })
        .where(isOfTenant(tenantId))
        .where("id", "=", alarmId)
        .where("acknowledged_by", "is", null)
        .execute();
      const row = await db
        .selectFrom("rk_alarms")
        .select(ALARM)
        .where("tenant_id", "=", tenantId)
        .where("id", "=", alarmId)
        .executeTakeFirst();
      return row && alarmOf(row);
    },
    forgetAddresses: (tenantId, addresses) =>
      atomic(async (tx) => {
        const rows = await tx
          .selectFrom("rk_alarms")
          .select(ALARM)
          .where("tenant_id", "=", tenantId)
          .where("addresses", "is not", null)
          .execute();
        for (const { id, addresses: named } of rows.map(alarmOf)) {
          const left = named.filter((address) => !addresses.includes(address));
          if (left.length === named.length) continue;
          await tx
            .updateTable("rk_alarms")
            .set({ addresses: storedAddresses(left) })
            .where("id", "=", id)
            .execute();
        }
      }),
  };
}

/** Settings in SQL. */
export function configStore(context: SqlContext): ConfigStore {
  const { db, dialect } = context;

  async function get(tenantId: number, key: string, tx = db): Promise<string | undefined> {
    const rows = tx.selectFrom("rk_config").select("value").where("tenant_id", "=", tenantId).where("name", "=", key);
    return (await rows.executeTakeFirst())?.value;
  }

  return {
    get: (tenantId, key) => get(tenantId, key),
    putIfAbsent: (tenantId, key, value) =>
      context.atomic(async (tx) => {
        await dialect.insertIfAbsent(tx, "rk_config", { tenant_id: tenantId, name: key, value });
        return (await get(tenantId, key, tx)) ?? value;
      }),
    async put(tenantId, key, value) {
      await sql`insert into rk_config (tenant_id, name, value) values (${tenantId}, ${key}, ${value})
        ${dialect.replacing(["tenant_id", "name"], ["value"])}`.execute(db);
    },
  };
}

/** Images in SQL. */
export function mediaStore({ db, dialect, atomic }: SqlContext): MediaStore {
  return {
    async put(tenantId, { sha256, contentType, bytes }, at) {
      const row = { tenant_id: tenantId, sha256, content_type: contentType, bytes, created_at: at };
      await atomic((tx) => dialect.insertIfAbsent(tx, "rk_media", row));
    },
    get: (tenantId, sha256) =>
      db
        .selectFrom("rk_media")
        .select(["sha256", "content_type as contentType", "bytes"])
        .where("tenant_id", "=", tenantId)
        .where("sha256", "=", sha256)
        .executeTakeFirst(),
  };
}
