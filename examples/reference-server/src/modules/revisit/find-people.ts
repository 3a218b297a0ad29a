import type { NearPerson } from "./birthdays.js";
import { channelsOf, type RevisitChannel } from "./channels.js";
import { insertAbsent } from "./engine.js";
import type { RevisitRun } from "./run-store.js";
import type { RevisitSettings } from "./settings.js";
import type { RevisitState } from "./states.js";
import { type RevisitDatabase, revisitTables } from "./tables.js";

/** Why a person of a run gets nothing of it. */
export const SKIP_REASONS = [
  "already_sent",
  "waiting_for_approval",
  "rejected",
  "expired",
  "not_sent_before",
  "in_progress",
  "held_back",
  "no_address",
  "channel_unconfigured",
  "no_text",
  "institution_inactive",
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Somebody whom a run has taken. */
export interface TakenPerson extends NearPerson {
  readonly revisitId: number;
  readonly channel: RevisitChannel;
  /** A person has said yes already: only the sending is left. */
  readonly isApproved: boolean;
}

/** Who of a page gets a text, and why the others don't. */
export interface TakenPage {
  readonly taken: readonly TakenPerson[];
  readonly skipped: readonly { readonly person: NearPerson; readonly reason: SkipReason }[];
}

/** States that a run takes up. `approved`: the sending failed when somebody approved it. */
const OPEN: readonly RevisitState[] = ["found", "written", "held", "approved"];

const CLOSED: Readonly<Partial<Record<RevisitState, SkipReason>>> = {
  planned: "already_sent",
  sent: "already_sent",
  waiting: "waiting_for_approval",
  rejected: "rejected",
  expired: "expired",
  not_sent: "not_sent_before",
};

/**
 * Takes people for a run, inside a transaction: each gets the one row of the birthday, or has it already. A row of a run that is
 * still at work is left to that run.
 */
export async function takePeople(
  tx: RevisitDatabase,
  run: RevisitRun,
  people: readonly NearPerson[],
  {
    settings,
    usable,
    isActive,
    dayStart,
    now,
  }: {
    readonly settings: Pick<RevisitSettings, "channels">;
    /** Channels that may be chosen, the first one first. */
    readonly usable: readonly RevisitChannel[];
    readonly isActive: boolean;
    /** First instant of the day; whoever was held back since then waits for another day. */
    readonly dayStart: number;
    readonly now: number;
  },
): Promise<TakenPage> {
  const { tenantId, id: runId } = run;
  if (people.length === 0) return { taken: [], skipped: [] };
  if (!isActive)
    return { taken: [], skipped: people.map((person) => ({ person, reason: "institution_inactive" as const })) };
  const before = await rowsOf(tx, tenantId, people);
  const fresh = people.filter(({ customerId, birthdayYear }) => !before.has(`${customerId} ${birthdayYear}`));
  await insertAbsent(
    tx,
    "rk_revisits",
    fresh.map((person) => ({
      ...{ tenant_id: tenantId, customer_id: person.customerId, customer_code: person.customerCode },
      ...{ birthday_year: person.birthdayYear, birthday_on: person.birthdayOn, run_id: runId, state: "found" as const },
      ...{ channel: null, script_id: null, text: null, text_hash: null, text_source: null, plan_key: null },
      ...{ occurrence_id: null, reason: null, decided_by: null, decided_at: null, created_at: now, updated_at: now },
    })),
  );
  const rows = fresh.length === 0 ? before : await rowsOf(tx, tenantId, people);
  const busy = await runsAtWork(tx, tenantId, runId, now, rows);
  const addresses = await channelsOf(
    tx,
    tenantId,
    usable,
    people.map(({ customerId }) => customerId),
  );
  const anyAddress = await channelsOf(
    tx,
    tenantId,
    settings.channels,
    people.map(({ customerId }) => customerId),
  );
  const taken: TakenPerson[] = [];
  const skipped: { person: NearPerson; reason: SkipReason }[] = [];
  for (const person of people) {
    const row = rows.get(`${person.customerId} ${person.birthdayYear}`);
    if (!row) continue;
    const channel = addresses.get(person.customerId);
    const unreached = anyAddress.has(person.customerId) ? "channel_unconfigured" : "no_address";
    const isHeldToday = row.state === "held" && row.updated_at >= dayStart;
    const closed = CLOSED[row.state] ?? (busy.has(row.run_id) ? "in_progress" : isHeldToday ? "held_back" : undefined);
    if (closed === undefined && channel) {
      taken.push({ ...person, revisitId: row.id, channel, isApproved: row.state === "approved" });
    } else skipped.push({ person, reason: closed ?? unreached });
  }
  await claim(tx, run, taken, now);
  await insertAbsent(
    tx,
    "rk_revisit_skips",
    skipped.map(({ person: { customerId, customerCode }, reason }) => ({
      ...{ tenant_id: tenantId, run_id: runId, customer_id: customerId, customer_code: customerCode, reason },
    })),
  );
  return { taken, skipped };
}

async function rowsOf(tx: RevisitDatabase, tenantId: number, people: readonly NearPerson[]) {
  const rows = await revisitTables(tx)
    .selectFrom("rk_revisits")
    .select(["id", "customer_id", "birthday_year", "state", "run_id", "updated_at"])
    .where("tenant_id", "=", tenantId)
    .where(
      "customer_id",
      "in",
      people.map(({ customerId }) => customerId),
    )
    .where("birthday_year", "in", [...new Set(people.map(({ birthdayYear }) => birthdayYear))])
    .execute();
  return new Map(rows.map((row) => [`${row.customer_id} ${row.birthday_year}`, row]));
}

/** Other runs that somebody is at work on. */
async function runsAtWork(
  tx: RevisitDatabase,
  tenantId: number,
  runId: number,
  now: number,
  rows: ReadonlyMap<string, { readonly run_id: number; readonly state: RevisitState }>,
): Promise<ReadonlySet<number>> {
  const others = new Set(
    [...rows.values()].filter((row) => row.run_id !== runId && OPEN.includes(row.state)).map((row) => row.run_id),
  );
  if (others.size === 0) return others;
  const open = await revisitTables(tx)
    .selectFrom("rk_revisit_runs")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("id", "in", [...others])
    .where("state", "=", "running")
    .where("lease_until", ">", now)
    .execute();
  return new Set(open.map(({ id }) => id));
}

async function claim(
  tx: RevisitDatabase,
  { tenantId, id }: RevisitRun,
  taken: readonly TakenPerson[],
  now: number,
): Promise<void> {
  if (taken.length === 0) return;
  await revisitTables(tx)
    .updateTable("rk_revisits")
    .set({ run_id: id, updated_at: now })
    .where("tenant_id", "=", tenantId)
    .where(
      "id",
      "in",
      taken.map(({ revisitId }) => revisitId),
    )
    .where("state", "in", [...OPEN])
    .execute();
}
