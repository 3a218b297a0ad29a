import { type InboxDatabase, inboxTables } from "../tables.js";

/** A push that somebody got, or why they did not. */
export interface ShownPush {
  readonly id: number;
  readonly rule: string;
  readonly channel: string;
  readonly state: string;
  readonly reason: string | null;
  readonly at: number;
}

/** Pushes are looked for in so many of the latest occurrences, each by its key. */
const OCCURRENCES = 30;
const CHANNELS = ["wecom", "sms", "email", "app-push", "feishu", "webhook", "official-account"];

/** Somebody's latest pushes, sent or not. */
export async function latestPushes(
  database: InboxDatabase,
  tenantId: number,
  customerId: number,
  limit: number,
): Promise<readonly ShownPush[]> {
  const db = inboxTables(database);
  const occurrences = await db
    .selectFrom("rk_occurrences")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .orderBy("id", "desc")
    .limit(OCCURRENCES)
    .execute();
  if (occurrences.length === 0) return [];
  const rows = await db
    .selectFrom("rk_deliveries as d")
    .innerJoin("rk_rules as r", (join) => join.onRef("r.id", "=", "d.rule_id").onRef("r.tenant_id", "=", "d.tenant_id"))
    .select(["d.id", "r.name", "d.channel", "d.state", "d.reason", "d.updated_at"])
    .where("d.tenant_id", "=", tenantId)
    .where(
      "d.occurrence_id",
      "in",
      occurrences.map(({ id }) => id),
    )
    .where("d.channel", "in", CHANNELS)
    .where("d.customer_id", "=", customerId)
    .orderBy("d.id", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ id, name, channel, state, reason, updated_at: at }) => ({
    id,
    rule: name,
    channel,
    state,
    reason,
    at,
  }));
}
