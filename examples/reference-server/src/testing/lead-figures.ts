// The figures as the calls themselves have them, by one plain walk over the rows; what the tests hold the kept figures against.
import { type LeadDatabase, leadTables } from "../modules/leads/tables.js";

type Counts = { calls: number; connected: number; interested: number; duration: number };

/** Every figure of a tenant, from rows of calls and tags only. */
export async function recounted(database: LeadDatabase, tenantId: number) {
  const db = leadTables(database);
  const calls = await db
    .selectFrom("rk_calls")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("deleted_at", "is", null)
    .execute();
  const ids = new Map(calls.map((call) => [call.id, call]));
  const [packages, tasks, weekdays, hours, agents, tags] = [
    new Map<string, Counts>(),
    new Map<string, Counts>(),
    new Map<string, Counts>(),
    new Map<string, Counts & Record<string, number>>(),
    new Map<string, Counts>(),
    new Map<string, number>(),
  ];
  for (const call of calls) {
    const place = [call.local_day, call.local_hour];
    const groups: [Map<string, Counts>, unknown][] = [
      [packages, call.package_id],
      [tasks, call.task_id],
      [hours, [call.package_id, ...place]],
      [weekdays, [call.package_id, new Date(call.local_day).getUTCDay() || 7, call.local_hour]],
      ...(call.agent === "" ? [] : [[agents, [call.agent, ...place]] as [Map<string, Counts>, unknown]]),
    ];
    for (const [group, key] of groups) {
      const name = JSON.stringify(key);
      const counts = group.get(name) ?? { calls: 0, connected: 0, interested: 0, duration: 0 };
      counts.calls += 1;
      if (call.result === "connected") counts.connected += 1;
      if (call.is_interested === 1) counts.interested += 1;
      counts.duration += call.duration;
      group.set(name, counts);
    }
  }
  for (const tag of await db.selectFrom("rk_call_tags").selectAll().where("tenant_id", "=", tenantId).execute()) {
    const call = ids.get(tag.call_id);
    if (!call) continue;
    const name = JSON.stringify([call.package_id, tag.tag_name, tag.tag_value]);
    tags.set(name, (tags.get(name) ?? 0) + 1);
  }
  return {
    packages: sorted(packages),
    tasks: sorted(tasks),
    hours: sorted(hours),
    weekdays: sorted(weekdays),
    agents: sorted(agents),
    tags: sorted(tags),
  };
}

/** The figures as they are kept, in the same form; rows that count nothing are left out. */
export async function kept(database: LeadDatabase, tenantId: number) {
  const db = leadTables(database);
  const counters = async (table: "rk_lead_packages" | "rk_dial_tasks") => {
    const rows = await db.selectFrom(table).selectAll().where("tenant_id", "=", tenantId).execute();
    return rows
      .filter(({ total_calls: calls }) => calls !== 0)
      .map(
        (row) =>
          [
            JSON.stringify(row.id),
            {
              calls: row.total_calls,
              connected: row.connected_calls,
              interested: row.interested_calls,
              duration: row.total_duration,
            },
          ] as const,
      );
  };
  const hours = await db.selectFrom("rk_call_hours").selectAll().where("tenant_id", "=", tenantId).execute();
  const weekdays = await db.selectFrom("rk_call_weekdays").selectAll().where("tenant_id", "=", tenantId).execute();
  const agents = await db.selectFrom("rk_agent_hours").selectAll().where("tenant_id", "=", tenantId).execute();
  const tags = await db.selectFrom("rk_package_tag_summary").selectAll().where("tenant_id", "=", tenantId).execute();
  return {
    packages: sorted(new Map(await counters("rk_lead_packages"))),
    tasks: sorted(new Map(await counters("rk_dial_tasks"))),
    hours: sorted(
      new Map(
        hours.map(({ package_id, local_day, local_hour, calls, connected, interested, duration }) => [
          JSON.stringify([package_id, local_day, local_hour]),
          { calls, connected, interested, duration },
        ]),
      ),
    ),
    weekdays: sorted(
      new Map(
        weekdays.map(({ package_id, weekday, local_hour, calls, connected, interested, duration }) => [
          JSON.stringify([package_id, weekday, local_hour]),
          { calls, connected, interested, duration },
        ]),
      ),
    ),
    agents: sorted(
      new Map(
        agents.map(({ agent, local_day, local_hour, calls, connected, interested, duration }) => [
          JSON.stringify([agent, local_day, local_hour]),
          { calls, connected, interested, duration },
        ]),
      ),
    ),
    tags: sorted(
      new Map(
        tags.map(({ package_id, tag_name, tag_value, tag_count }) => [
          JSON.stringify([package_id, tag_name, tag_value]),
          tag_count,
        ]),
      ),
    ),
  };
}

function sorted<V>(map: ReadonlyMap<string, V>): readonly (readonly [string, V])[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
