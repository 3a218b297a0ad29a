import { ConflictError, type RuleInput, type TenantKit } from "@recallkit/core";
import { addDays, localDateOf, type Stores, startOfDay } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { CHANNEL_FACTS, REVISIT_CHANNELS, type RevisitChannel } from "./channels.js";
import type { RevisitDesk } from "./desk.js";
import { oneOf } from "./settings.js";
import { statesBefore } from "./states.js";
import { revisitTables } from "./tables.js";

/** So long a greeting may wait for hours in which it may go out, and for a provider that is down, ms; never behind the birthday. */
const EXPIRES_MS = 86_400_000;
const FAR = "2100-12-31";
/** Rules of one channel: others than the first where somebody has changed one. */
const TRIES = 20;
const VARIABLE = "greeting";

/**
 * The rules that carry greetings: one for each channel, made on first use. They have no slots, so that they fire for revisits
 * only. To be asked outside of the transaction that plans: two processes may want the first one at once.
 */
export async function revisitRules(
  { stores, kit, clock }: Pick<RevisitDesk, "stores" | "kit" | "clock">,
  channels: readonly RevisitChannel[],
): Promise<ReadonlyMap<RevisitChannel, number>> {
  const { timeZone } = await kit.tenant();
  const found = new Map<RevisitChannel, number>();
  for (const channel of channels) {
    found.set(channel, await ruleOf(stores, kit, channel, localDateOf(clock.now(), timeZone)));
  }
  return found;
}

async function ruleOf(stores: Stores, kit: TenantKit, channel: RevisitChannel, today: string): Promise<number> {
  const content = { text: CHANNEL_FACTS[channel].content };
  for (let turn = 1; turn <= TRIES; turn++) {
    const name = `生日回访 ${channel}${turn === 1 ? "" : ` ${turn}`}`;
    const known = await stores.rules.findByName(kit.tenantId, name);
    if (known) {
      const { definition } = known;
      if (definition.channel === channel && definition.content.text === content.text) return known.id;
      continue;
    }
    const rule: RuleInput = {
      ...{ name, channel, content, variables: { [VARIABLE]: "生日快乐" }, segment: { everybody: true } },
      ...{ expireAfterMs: EXPIRES_MS, validFrom: today, validTo: FAR },
    };
    try {
      return (await kit.rules.create(rule, { status: "active" })).id;
    } catch (error) {
      // Another process was faster; the next look finds its rule.
      if (!(ConflictError.is(error) && error.code === "rule.name-taken")) throw error;
      turn -= 1;
    }
  }
  throw new ConflictError("rule.name-taken", "rules of greetings were changed by hand too often");
}

/**
 * Plans the sending of texts that may go, inside a transaction: whoever is taken here is planned here, and nobody is planned
 * twice. The engine sends, within caps, consent and quiet hours.
 *
 * @param rules of the channels, as {@link revisitRules} gives them
 * @returns people planned
 */
export async function planRevisits(
  tx: SqlStores,
  { kit, clock, ids }: Pick<RevisitDesk, "kit" | "clock" | "ids">,
  rules: ReadonlyMap<RevisitChannel, number>,
  revisitIds: readonly number[],
): Promise<number> {
  if (revisitIds.length === 0 || rules.size === 0) return 0;
  const { tenantId } = kit;
  const tables = revisitTables(tx);
  const key = ids.next();
  const now = clock.now();
  await tables
    .updateTable("rk_revisits")
    .set({ state: "planned", plan_key: key, reason: null, updated_at: now })
    .where("tenant_id", "=", tenantId)
    .where("id", "in", revisitIds)
    .where("state", "in", [...statesBefore("planned")])
    .where("channel", "in", [...rules.keys()])
    .execute();
  const won = await tables
    .selectFrom("rk_revisits")
    .select(["id", "customer_id", "customer_code", "birthday_on", "channel", "text"])
    .where("tenant_id", "=", tenantId)
    .where("plan_key", "=", key)
    .orderBy("customer_id")
    .execute();
  const { timeZone } = await kit.tenant();
  const groups = new Map<string, typeof won>();
  for (const row of won) {
    const name = oneOf(REVISIT_CHANNELS, row.channel ?? "");
    // A channel that says one text to all gets people by their text.
    const said = name && CHANNEL_FACTS[name].isShared ? row.text : "";
    const group = JSON.stringify([row.channel, row.birthday_on, said]);
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  for (const [number, rows] of [...groups.values()].entries()) {
    const [first] = rows;
    const ruleId = rules.get(oneOf(REVISIT_CHANNELS, first?.channel ?? "") ?? "sms");
    if (!first || ruleId === undefined) continue;
    const { occurrence, rejected } = await kit.occurrences.sendList({
      ...{ ruleId, kind: "revisit", requestId: `revisit-${key}-${number}`, dueAt: now },
      expiresAt: startOfDay(addDays(first.birthday_on, 1), timeZone),
      people: rows.map((row) => ({ externalKey: row.customer_code, values: { [VARIABLE]: row.text ?? "" } })),
    });
    const refused = new Map(rejected.map(({ index, code }) => [rows[index]?.id ?? 0, code]));
    await tables
      .updateTable("rk_revisits")
      .set({ occurrence_id: occurrence.id })
      .where("tenant_id", "=", tenantId)
      .where(
        "id",
        "in",
        rows.map(({ id }) => id),
      )
      .execute();
    for (const [id, code] of refused) {
      await tables
        .updateTable("rk_revisits")
        .set({ state: "not_sent", reason: code })
        .where("tenant_id", "=", tenantId)
        .where("id", "=", id)
        .execute();
    }
  }
  return won.length;
}
