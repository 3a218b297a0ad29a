import { ratio } from "../figures.js";
import { type LeadDatabase, leadTables } from "../tables.js";

const HOUR_SECONDS = 3600;

/**
 * What agents did in a range of days. An hour of the clock in which somebody called is an hour that they worked; occupancy is
 * the part of these hours in which they talked.
 */
export async function agentFigures(
  database: LeadDatabase,
  tenantId: number,
  { from, to, limit }: { readonly from: string; readonly to: string; readonly limit: number },
) {
  const rows = await leadTables(database)
    .selectFrom("rk_agent_hours")
    .select("agent")
    .select(({ fn }) => [
      fn.countAll<number>().as("hours"),
      fn.sum<number>("calls").as("calls"),
      fn.sum<number>("connected").as("connected"),
      fn.sum<number>("interested").as("interested"),
      fn.sum<number>("duration").as("duration"),
    ])
    .where("tenant_id", "=", tenantId)
    .where("local_day", ">=", from)
    .where("local_day", "<=", to)
    .groupBy("agent")
    .orderBy("calls", "desc")
    .orderBy("agent")
    .limit(limit)
    .execute();
  return rows.map((row) => {
    const [hours, calls, connected, interested, duration] = [
      Number(row.hours),
      Number(row.calls),
      Number(row.connected),
      Number(row.interested),
      Number(row.duration),
    ];
    return {
      agent: row.agent,
      total_calls: calls,
      connected_calls: connected,
      interested_calls: interested,
      total_duration: duration,
      active_hours: hours,
      contact_rate: ratio(connected, calls),
      calls_per_hour: ratio(calls, hours),
      occupancy: ratio(duration, hours * HOUR_SECONDS),
    };
  });
}
