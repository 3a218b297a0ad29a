import { RecallKitError } from "@recallkit/core";
import { localDateOf, sha256Hex, startOfDay } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { sql } from "kysely";
import { countNear, type NearDays, nearDays, nearPeople, refreshBirthdays } from "./birthdays.js";
import { CHANNEL_FACTS, REVISIT_CHANNELS, type RevisitChannel } from "./channels.js";
import type { RevisitDesk, RevisitText } from "./desk.js";
import { insertAbsent } from "./engine.js";
import { type SkipReason, type TakenPerson, takePeople } from "./find-people.js";
import { planRevisits, revisitRules } from "./plan.js";
import { addRun, advanceRun, lastDailyRun, type RevisitRun, takeOverRun } from "./run-store.js";
import { type RevisitSettings, settingsOf } from "./settings.js";
import { settleRevisits } from "./settle.js";
import { statesBefore } from "./states.js";
import { revisitTables } from "./tables.js";

/** People of one page: of two transactions. */
const PAGE = 200;
/** Texts that are written at once: a model answers slowly. */
const WRITERS = 4;
/** So long a page may take before another process takes the run over, ms. */
export const RUN_LEASE_MS = 5 * 60_000;

/** A run that is to begin. */
export interface RunOrder {
  readonly kind: RevisitRun["kind"];
  /** Sends nothing, whatever the settings say. @default false */
  readonly isTest?: boolean;
  /** @default what the settings say */
  readonly daysAhead?: number;
}

/**
 * Begins a run: who is near is counted, nobody is taken yet. Of a day and institution there is one daily run.
 *
 * @returns the run; `isNew` false: the daily run of the day is there already
 */
export async function beginRun(
  desk: RevisitDesk,
  order: RunOrder,
): Promise<{ readonly run: RevisitRun; readonly isNew: boolean }> {
  const { stores, kit, clock, ids, actor } = desk;
  const { tenantId } = kit;
  const settings = await settingsOf(stores, tenantId, desk.daysAhead);
  const { timeZone } = await kit.tenant();
  const now = clock.now();
  const localDay = localDateOf(now, timeZone);
  const daysAhead = order.daysAhead ?? settings.daysAhead;
  const mode = order.isTest ? "test" : settings.mode;
  await settleRevisits(stores, tenantId, { today: localDay, now });
  await refreshBirthdays(stores, clock, tenantId);
  const found = await countNear(stores, tenantId, nearDays(localDay, daysAhead, settings.policy));
  const caughtUp = order.kind === "daily" ? await missedDays(stores, tenantId, localDay) : 0;
  const leaseKey = ids.next();
  const key = order.kind === "daily" ? `daily:${localDay}` : `manual:${leaseKey}`;
  return addRun(stores, key, {
    ...{ tenantId, kind: order.kind, localDay, mode, daysAhead, caughtUp, found, leaseKey, actor },
    ...{ leaseUntil: now + RUN_LEASE_MS, startedAt: now },
  });
}

/** Days since the last daily run on which there was none. */
async function missedDays(stores: SqlStores, tenantId: number, today: string): Promise<number> {
  const last = await lastDailyRun(stores, tenantId);
  if (!last || last.localDay >= today) return 0;
  return Math.round((Date.parse(today) - Date.parse(last.localDay)) / 86_400_000) - 1;
}

/** How far a run is. */
export interface RunProgress {
  readonly found: number;
  /** People whom it has looked at. */
  readonly done: number;
}

/**
 * Does the work of a run, page by page: takes people, has their texts written, plans what may go. A page is there as a whole or
 * not at all, so that a run that was cut off goes on behind the last one.
 *
 * @param run as its worker holds it
 * @returns the end of it; undefined: cut off, or taken over by somebody else
 */
export async function workRun(
  desk: RevisitDesk,
  run: RevisitRun,
  {
    signal = new AbortController().signal,
    onProgress,
  }: { readonly signal?: AbortSignal; readonly onProgress?: (progress: RunProgress) => void } = {},
): Promise<"completed" | "failed" | undefined> {
  const { stores, kit, clock, logger } = desk;
  try {
    const settings = await settingsOf(stores, kit.tenantId, desk.daysAhead);
    // The day on which it began, so that a run that goes on later means the same people.
    const days = nearDays(run.localDay, run.daysAhead, settings.policy);
    const { timeZone } = await kit.tenant();
    const dayStart = startOfDay(run.localDay, timeZone);
    const place = { desk, run, settings, days, dayStart, configured: await configuredOf(desk, settings) };
    const rules = run.mode === "test" ? new Map() : await revisitRules(desk, [...place.configured]);
    let done = 0;
    for (let afterId: number | null = run.walkedTo; afterId !== null; ) {
      if (signal.aborted) return undefined;
      const page = await workPage({ ...place, rules }, afterId, signal);
      if (!page) return undefined;
      done += page.people;
      onProgress?.({ found: run.found, done });
      afterId = page.lastId;
    }
    const isEnded = await advanceRun(stores, run, { state: "completed", finishedAt: clock.now() });
    return isEnded ? "completed" : undefined;
  } catch (error) {
    if (signal.aborted) return undefined;
    const code = RecallKitError.is(error) ? error.code : "bug";
    logger.error("revisits.run_failed", { tenantId: kit.tenantId, runId: run.id, code });
    await advanceRun(stores, run, { state: "failed", error: code, finishedAt: clock.now() });
    return "failed";
  }
}

async function configuredOf(desk: RevisitDesk, settings: RevisitSettings): Promise<ReadonlySet<RevisitChannel>> {
  const found = new Set<RevisitChannel>();
  for (const channel of REVISIT_CHANNELS) {
    if (settings.channels.includes(channel) && (await desk.isConfigured(channel))) found.add(channel);
  }
  return found;
}

interface Place {
  readonly desk: RevisitDesk;
  readonly run: RevisitRun;
  readonly settings: RevisitSettings;
  readonly days: NearDays;
  readonly dayStart: number;
  readonly configured: ReadonlySet<RevisitChannel>;
  readonly rules: ReadonlyMap<RevisitChannel, number>;
}

async function workPage(
  place: Place,
  afterId: number,
  signal: AbortSignal,
): Promise<{ readonly people: number; readonly lastId: number | null } | undefined> {
  const { desk, run, settings, days } = place;
  const { stores, kit, clock } = desk;
  const { people, lastId } = await nearPeople(stores, kit.tenantId, days, { afterId, limit: PAGE });
  const isTest = run.mode === "test";
  const taken = await stores.transaction(async (tx) => {
    const now = clock.now();
    if (!(await advanceRun(tx, run, { leaseUntil: now + RUN_LEASE_MS }))) return undefined;
    const terms = { settings, usable: usableChannels(place), isActive: desk.isActive, dayStart: place.dayStart, now };
    return (await takePeople(tx, run, people, terms)).taken;
  });
  if (!taken) return undefined;
  const texts = await writeTexts(place, taken, signal);
  if (signal.aborted) return undefined;
  const isMine = await stores.transaction(async (tx) => {
    const now = clock.now();
    const walkedTo = lastId ?? people.at(-1)?.customerId ?? afterId;
    if (!(await advanceRun(tx, run, { leaseUntil: now + RUN_LEASE_MS, walkedTo }))) return false;
    await keepTexts(tx, place, taken, texts);
    if (isTest) return true;
    const ready = taken.filter(({ isApproved, revisitId }) => isApproved || texts.has(revisitId));
    const goes = ready.filter(({ isApproved }) => isApproved || run.mode === "auto");
    const planned = goes.map(({ revisitId }) => revisitId);
    await planRevisits(tx, desk, place.rules, planned);
    if (run.mode === "approve") await letWait(tx, place, ready);
    return true;
  });
  return isMine ? { people: people.length, lastId } : undefined;
}

/** In earnest only what is configured; what is only shown, or waits for a person anyway, may be for a channel that is yet to come. */
function usableChannels({ run, settings: { channels }, configured }: Place): readonly RevisitChannel[] {
  if (run.mode === "test") return channels;
  const ready = channels.filter((name) => configured.has(name));
  return run.mode === "auto" ? ready : [...ready, ...channels.filter((name) => !configured.has(name))];
}

/** Texts by revisit. Whoever got none is left out. */
async function writeTexts(
  { desk, run }: Place,
  taken: readonly TakenPerson[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, RevisitText>> {
  const texts = new Map<number, RevisitText>();
  const open = taken.filter(({ isApproved }) => !isApproved);
  let next = 0;
  const writeOn = async () => {
    for (let person = open[next++]; person && !signal.aborted; person = open[next++]) {
      const daysLeft = Math.max(0, daysBetween(run.localDay, person.birthdayOn));
      const { customerId, name, channel, birthdayYear } = person;
      const { isShared } = CHANNEL_FACTS[channel];
      const text = await desk.write({ customerId, name, channel, isShared, daysLeft, birthdayYear }, signal);
      if (text) texts.set(person.revisitId, text);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writeOn));
  return texts;
}

async function keepTexts(
  tx: SqlStores,
  { desk, run }: Place,
  taken: readonly TakenPerson[],
  texts: ReadonlyMap<number, RevisitText>,
): Promise<void> {
  const { tenantId } = desk.kit;
  const now = desk.clock.now();
  const tables = revisitTables(tx);
  const open = taken.filter(({ isApproved }) => !isApproved);
  const silent = open.filter(({ revisitId }) => !texts.has(revisitId));
  const rows = open.flatMap((person) => {
    const text = texts.get(person.revisitId);
    return text ? [{ id: person.revisitId, person, text }] : [];
  });
  if (rows.length > 0) {
    await tables
      .updateTable("rk_revisits")
      .set({
        ...{ state: "written", reason: null, updated_at: now },
        channel: byId(rows, ({ person }) => person.channel),
        script_id: byId(rows, ({ text }) => text.scriptId),
        text: byId(rows, ({ text }) => text.text),
        text_hash: byId(rows, ({ text }) => sha256Hex(text.text)),
        text_source: byId(rows, ({ text }) => text.source),
        // Moved by a leap day that is taken another way now.
        birthday_on: byId(rows, ({ person }) => person.birthdayOn),
      })
      .where("tenant_id", "=", tenantId)
      .where(
        "id",
        "in",
        rows.map(({ id }) => id),
      )
      .where("run_id", "=", run.id)
      .where("state", "in", ["written", ...statesBefore("written")])
      .execute();
  }
  await insertAbsent(
    tx,
    "rk_revisit_skips",
    silent.map(({ customerId, customerCode }) => ({
      ...{ tenant_id: tenantId, run_id: run.id, customer_id: customerId, customer_code: customerCode },
      reason: "no_text" satisfies SkipReason,
    })),
  );
}

/** A value of each row in one statement. Numbers are written out: engines take a parameter for a text. */
function byId<R extends { readonly id: number }, V extends string | number | null>(
  rows: readonly R[],
  pick: (row: R) => V,
) {
  // A case of nothing but nulls is a text to some engines.
  if (rows.every((row) => pick(row) === null)) return sql<V>`null`;
  const cases = rows.map((row) => {
    const value = pick(row);
    return sql`when ${sql.lit(row.id)} then ${typeof value === "string" ? value : sql.lit(value)}`;
  });
  return sql<V>`case id ${sql.join(cases, sql` `)} end`;
}

async function letWait(tx: SqlStores, { desk, run }: Place, ready: readonly TakenPerson[]): Promise<void> {
  if (ready.length === 0) return;
  await revisitTables(tx)
    .updateTable("rk_revisits")
    .set({ state: "waiting", updated_at: desk.clock.now() })
    .where("tenant_id", "=", desk.kit.tenantId)
    .where(
      "id",
      "in",
      ready.map(({ revisitId }) => revisitId),
    )
    .where("run_id", "=", run.id)
    .where("state", "in", [...statesBefore("waiting")])
    .execute();
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** Goes on with a run that somebody left. @returns as {@link workRun} */
export async function resumeRun(
  desk: RevisitDesk,
  run: RevisitRun,
  options: Parameters<typeof workRun>[2] = {},
): Promise<"completed" | "failed" | undefined> {
  const now = desk.clock.now();
  const mine = { leaseKey: desk.ids.next(), leaseUntil: now + RUN_LEASE_MS };
  if (!(await takeOverRun(desk.stores, run, { ...mine, now }))) return undefined;
  return workRun(desk, { ...run, ...mine }, options);
}
