import { ConflictError, InputError } from "@recallkit/core";
import { localDateOf, sha256Hex } from "@recallkit/core/ports";
import { CHANNEL_FACTS, REVISIT_CHANNELS, type RevisitChannel } from "./channels.js";
import type { RevisitDesk, TextOrder } from "./desk.js";
import { planRevisits, revisitRules } from "./plan.js";
import { getRevisit, type Revisit } from "./revisit-store.js";
import { oneOf } from "./settings.js";
import { revisitTables } from "./tables.js";

/** What came of a decision about several people. */
export interface Decided {
  /** Ids that the decision holds for. */
  readonly done: readonly number[];
  /** Ids that wait for nobody: decided already, expired, or never there. */
  readonly refused: readonly number[];
}

/**
 * Approves texts that wait; they are planned in the same transaction. Up to the end of the birthday.
 *
 * @param revisitIds at most 500
 */
export async function approveRevisits(desk: RevisitDesk, revisitIds: readonly number[]): Promise<Decided> {
  const { stores, clock } = desk;
  const configured: RevisitChannel[] = [];
  for (const channel of REVISIT_CHANNELS) if (await desk.isConfigured(channel)) configured.push(channel);
  const rules = await revisitRules(desk, configured);
  const today = await todayOf(desk);
  return stores.transaction(async (tx) => {
    const done = await decide(tx, desk, revisitIds, { to: "approved", reason: null, today, now: clock.now() });
    // Whoever's channel is not there stays approved: a run plans them once it is.
    await planRevisits(tx, desk, rules, done);
    return parted(revisitIds, done);
  });
}

/** Refuses texts that wait: nobody of them is greeted this time. @param revisitIds at most 500 */
export async function rejectRevisits(
  desk: RevisitDesk,
  revisitIds: readonly number[],
  reason: string | undefined,
): Promise<Decided> {
  const { stores, clock } = desk;
  const today = await todayOf(desk);
  return stores.transaction(async (tx) => {
    const to = { to: "rejected", reason: reason ?? "rejected", today, now: clock.now() } as const;
    return parted(revisitIds, await decide(tx, desk, revisitIds, to));
  });
}

async function decide(
  tx: RevisitDesk["stores"],
  { kit, actor, ids }: RevisitDesk,
  revisitIds: readonly number[],
  {
    to,
    reason,
    today,
    now,
  }: {
    readonly to: "approved" | "rejected";
    readonly reason: string | null;
    readonly today: string;
    readonly now: number;
  },
): Promise<readonly number[]> {
  const tables = revisitTables(tx);
  const key = ids.next();
  await tables
    .updateTable("rk_revisits")
    .set({ state: to, reason, plan_key: key, decided_by: actor, decided_at: now, updated_at: now })
    .where("tenant_id", "=", kit.tenantId)
    .where("id", "in", [...revisitIds])
    .where("state", "=", "waiting")
    .where("birthday_on", ">=", today)
    .execute();
  const rows = await tables
    .selectFrom("rk_revisits")
    .select("id")
    .where("tenant_id", "=", kit.tenantId)
    .where("plan_key", "=", key)
    .execute();
  return rows.map(({ id }) => id);
}

function parted(asked: readonly number[], done: readonly number[]): Decided {
  const taken = new Set(done);
  return { done: asked.filter((id) => taken.has(id)), refused: asked.filter((id) => !taken.has(id)) };
}

/**
 * Puts another text in the place of one that waits. It is checked like that of a model.
 *
 * @throws {NotFoundError} `revisit.not-found`. @throws {ConflictError} `revisit.not-waiting`
 * @throws {InputError} `text`: one issue for each finding, code `revisit.text-refused`
 */
export async function rewriteRevisit(desk: RevisitDesk, id: number, text: string): Promise<Revisit> {
  const { stores, kit, clock, actor } = desk;
  const revisit = await getRevisit(stores, kit.tenantId, id);
  const channel = oneOf(REVISIT_CHANNELS, revisit.channel ?? "");
  if (revisit.state !== "waiting" || !channel) throw notWaiting(id);
  const today = await todayOf(desk);
  const findings = await desk.check(text, orderOf(revisit, channel, today));
  if (findings.length > 0) {
    throw new InputError(
      findings.map(({ code, words }) => ({
        path: "text",
        code: "revisit.text-refused",
        message: `the text was refused: ${code}`,
        params: { finding: code, words },
      })),
    );
  }
  const now = clock.now();
  const { numUpdatedRows } = await revisitTables(stores)
    .updateTable("rk_revisits")
    .set({ text, text_hash: sha256Hex(text), text_source: "person", decided_by: actor, updated_at: now })
    .where("tenant_id", "=", kit.tenantId)
    .where("id", "=", id)
    .where("state", "=", "waiting")
    .where("birthday_on", ">=", today)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw notWaiting(id);
  return getRevisit(stores, kit.tenantId, id);
}

function notWaiting(id: number): ConflictError {
  return new ConflictError("revisit.not-waiting", `revisit ${id} waits for no decision`);
}

function orderOf(
  { customerId, name, birthdayOn, birthdayYear }: Revisit,
  channel: RevisitChannel,
  today: string,
): TextOrder {
  const { isShared } = CHANNEL_FACTS[channel];
  const daysLeft = Math.max(0, Math.round((Date.parse(birthdayOn) - Date.parse(today)) / 86_400_000));
  return { customerId, name, channel, isShared, daysLeft, birthdayYear };
}

async function todayOf({ kit, clock }: RevisitDesk): Promise<string> {
  return localDateOf(clock.now(), (await kit.tenant()).timeZone);
}
