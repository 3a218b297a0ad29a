import { laneOf, type MessageKey, type MessageWrite } from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import type { CellValue, SqlDialect } from "../context.js";

interface Place {
  readonly db: Kysely<Database>;
  readonly dialect: SqlDialect;
}

/** Rows that are still as the caller knows them, held until the transaction ends. */
export async function heldMessages(
  { db, dialect }: Place,
  keys: readonly (MessageKey & { readonly from?: string })[],
): Promise<readonly number[]> {
  const ids = keys.map(({ id }) => id);
  const { rows } = await sql<{
    id: number;
    tenant_id: number;
    state: string;
    lease_epoch: number;
  }>`select id, tenant_id,
      state, lease_epoch from rk_messages where id in ${dialect.list(ids)} order by id
      ${dialect.holding?.exclusive ?? sql``}`.execute(db);
  const found = new Map(rows.map((row) => [row.id, row]));
  return keys
    .filter(({ id, tenantId, leaseEpoch, from }) => {
      const row = found.get(id);
      return (
        row?.tenant_id === tenantId && row.lease_epoch === leaseEpoch && (from === undefined || row.state === from)
      );
    })
    .map(({ id }) => id);
}

/**
 * Writes messages that are still as the caller knows them. What is alike in all of them, most columns as a rule, stands in the
 * statement once; the rest travels as rows.
 */
export async function writeMessages(place: Place, given: readonly MessageWrite[]): Promise<readonly number[]> {
  if (given.length === 0) return [];
  const held = new Set(await heldMessages(place, given));
  const rows = given.filter(({ id }) => held.has(id)).map(toColumns);
  const [first] = rows;
  if (!first) return [];
  const written = Object.keys(first).filter((column) => column !== "id" && column !== "tenant_id");
  const varying = written.filter((column) => rows.some((row) => row[column] !== first[column]));
  const constants = Object.fromEntries(
    written.filter((column) => !varying.includes(column)).map((column) => [column, first[column] ?? null]),
  );
  const columns = ["id", "tenant_id", ...varying];
  const cells = rows.map((row) => columns.map((column) => row[column] ?? null));
  const source = place.dialect.tableRows("rk_messages", columns, cells);
  await place.dialect.updateFrom("rk_messages", varying, source, constants).execute(place.db);
  return [...held];
}

function toColumns(write: MessageWrite): Readonly<Record<string, CellValue>> {
  const { id, tenantId, state, priority } = write;
  return {
    id,
    tenant_id: tenantId,
    state,
    lane: state === "queued" ? laneOf(priority) : 0,
    priority,
    reason: write.reason,
    not_before: write.notBefore,
    attempts: write.attempts,
    resends: write.resends,
    checks: write.checks,
    attempted_at: write.attemptedAt,
    accepted_at: write.acceptedAt,
    reported_at: write.reportedAt,
    provider_message_id: write.providerMessageId,
    lease_owner: write.leaseOwner,
    lease_until: write.leaseUntil,
    updated_at: write.updatedAt,
  };
}
