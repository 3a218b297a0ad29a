import { sql } from "kysely";
import { addToRows } from "../engine.js";
import { type LeadDatabase, leadTables } from "../tables.js";
import type { Sums, Tally } from "./tally.js";

/**
 * Adds a tally to the figures, by a statement per kind; call it inside the transaction that changed the calls. Rows are written
 * in the order of their keys, so that no two transactions wait for each other.
 */
export async function applyTally(database: LeadDatabase, tenantId: number, tally: Tally, at: number): Promise<void> {
  await addToCounters(database, "rk_lead_packages", tenantId, tally.packages);
  await addToCounters(database, "rk_dial_tasks", tenantId, tally.tasks);
  const hours = sorted(tally.hours).map(({ packageId, day, hour, sums }) => {
    return { tenant_id: tenantId, package_id: packageId, local_day: day, local_hour: hour, ...columnsOf(sums) };
  });
  await addToRows(database, "rk_call_hours", hours, {
    key: ["tenant_id", "package_id", "local_day", "local_hour"],
    added: COUNTED,
  });
  const weekdays = sorted(tally.weekdays).map(({ packageId, weekday, hour, sums }) => {
    return { tenant_id: tenantId, package_id: packageId, weekday, local_hour: hour, ...columnsOf(sums) };
  });
  await addToRows(database, "rk_call_weekdays", weekdays, {
    key: ["tenant_id", "package_id", "weekday", "local_hour"],
    added: COUNTED,
  });
  const agents = sorted(tally.agents).map(({ agent, day, hour, sums }) => ({
    tenant_id: tenantId,
    agent,
    local_day: day,
    local_hour: hour,
    calls: sums.calls,
    connected: sums.connected,
    interested: sums.interested,
    duration: sums.duration,
  }));
  await addToRows(database, "rk_agent_hours", agents, {
    key: ["tenant_id", "agent", "local_day", "local_hour"],
    added: ["calls", "connected", "interested", "duration"],
  });
  const tags = sorted(tally.tags)
    .filter(({ count }) => count !== 0)
    .map(({ packageId, name, value, count }) => ({
      tenant_id: tenantId,
      package_id: packageId,
      tag_name: name,
      tag_value: value,
      tag_count: count,
      created_at: at,
      updated_at: at,
    }));
  await addToRows(database, "rk_package_tag_summary", tags, {
    key: ["tenant_id", "package_id", "tag_name", "tag_value"],
    added: ["tag_count"],
    written: ["updated_at"],
  });
  await dropEmpty(database, tenantId, tally);
}

const COUNTED = ["calls", "connected", "voicemail", "busy", "no_answer", "rejected", "interested", "duration"];

const columnsOf = ({ calls, connected, voicemail, busy, no_answer, rejected, interested, duration }: Sums) => {
  return { calls, connected, voicemail, busy, no_answer, rejected, interested, duration };
};

/** Entries in the order of their keys. */
function sorted<V>(map: ReadonlyMap<string, V>): readonly V[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

async function addToCounters(
  database: LeadDatabase,
  table: "rk_lead_packages" | "rk_dial_tasks",
  tenantId: number,
  sums: ReadonlyMap<number, Sums>,
): Promise<void> {
  for (const [id, { calls, connected, interested, duration }] of [...sums].toSorted(([a], [b]) => a - b)) {
    if (calls === 0 && connected === 0 && interested === 0 && duration === 0) continue;
    await leadTables(database)
      .updateTable(table)
      .set({
        total_calls: sql`total_calls + ${calls}`,
        connected_calls: sql`connected_calls + ${connected}`,
        interested_calls: sql`interested_calls + ${interested}`,
        total_duration: sql`total_duration + ${duration}`,
      })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id)
      .execute();
  }
}

/** Rows that count nothing any more are none. */
async function dropEmpty(database: LeadDatabase, tenantId: number, tally: Tally): Promise<void> {
  const db = leadTables(database);
  const packages = [...tally.hours.values()].filter(({ sums }) => sums.calls < 0).map(({ packageId }) => packageId);
  for (const packageId of new Set(packages)) {
    for (const table of ["rk_call_hours", "rk_call_weekdays"] as const) {
      await db
        .deleteFrom(table)
        .where("tenant_id", "=", tenantId)
        .where("package_id", "=", packageId)
        .where("calls", "=", 0)
        .execute();
    }
  }
  const tagged = [...tally.tags.values()].filter(({ count }) => count < 0).map(({ packageId }) => packageId);
  for (const packageId of new Set(tagged)) {
    await db
      .deleteFrom("rk_package_tag_summary")
      .where("tenant_id", "=", tenantId)
      .where("package_id", "=", packageId)
      .where("tag_count", "=", 0)
      .execute();
  }
  const agents = [...tally.agents.values()].filter(({ sums }) => sums.calls < 0).map(({ agent }) => agent);
  for (const agent of new Set(agents)) {
    await db
      .deleteFrom("rk_agent_hours")
      .where("tenant_id", "=", tenantId)
      .where("agent", "=", agent)
      .where("calls", "=", 0)
      .execute();
  }
}
