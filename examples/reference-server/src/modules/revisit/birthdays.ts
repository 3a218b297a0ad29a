import type { Clock } from "@recallkit/core";
import { InputError } from "@recallkit/core";
import {
  type Birthday,
  type BirthdayPolicy,
  birthdayKey,
  birthdayOf,
  birthdayWindow,
  isBirthday,
  type KeyedBirthday,
} from "@recallkit/core/birthday";
import { isLocalDate } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { insertAbsent } from "./engine.js";
import { type RevisitDatabase, type Row, revisitTables } from "./tables.js";

/** People of one transaction. */
const ROWS = 1_000;
/** So long the feed of changes is certainly kept, ms; behind it all people are looked at. */
const FEED_MS = 6 * 86_400_000;

/**
 * Says when somebody has their birthday where a day of birth can't: by the lunar calendar, or without a year. It stands above
 * the day of birth until it is taken away.
 *
 * @param birthday null: the day of birth holds again
 * @throws {InputError} `birthday.invalid`: no calendar has such a day
 */
export async function setBirthday(
  stores: SqlStores,
  clock: Pick<Clock, "now">,
  { tenantId, customerId }: { readonly tenantId: number; readonly customerId: number },
  birthday: Birthday | null,
): Promise<void> {
  if (birthday && !isBirthday(birthday)) {
    throw new InputError([{ path: "birthday", code: "birthday.invalid", message: "no calendar has such a day" }]);
  }
  await stores.transaction(async (tx) => {
    const row = birthday ? given(birthday) : await bornOnOf(tx, tenantId, customerId);
    await replace(tx, tenantId, [customerId], row ? [{ customerId, ...row }] : [], clock.now());
  });
}

type Known = Pick<Row<"rk_birthdays">, "day_key" | "born_year" | "source">;

function given(birthday: Birthday): Known {
  return { day_key: birthdayKey(birthday), born_year: birthday.year ?? null, source: "given" };
}

function ofBornOn(bornOn: string | null): Known | undefined {
  // Checked when it was taken; a day that is none would stop all others.
  if (bornOn === null || !isLocalDate(bornOn)) return undefined;
  const birthday = birthdayOf(bornOn);
  return { day_key: birthdayKey(birthday), born_year: birthday.year ?? null, source: "born_on" };
}

async function bornOnOf(tx: RevisitDatabase, tenantId: number, customerId: number): Promise<Known | undefined> {
  const row = await revisitTables(tx)
    .selectFrom("rk_customers")
    .select("born_on")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", customerId)
    .executeTakeFirst();
  return ofBornOn(row?.born_on ?? null);
}

async function replace(
  tx: RevisitDatabase,
  tenantId: number,
  before: readonly number[],
  rows: readonly (Known & { readonly customerId: number })[],
  at: number,
): Promise<void> {
  if (before.length > 0) {
    await revisitTables(tx)
      .deleteFrom("rk_birthdays")
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "in", before)
      .execute();
  }
  const fresh = rows.map(({ customerId, ...row }) => ({
    ...{ tenant_id: tenantId, customer_id: customerId, updated_at: at },
    ...row,
  }));
  await insertAbsent(tx, "rk_birthdays", fresh);
}

/**
 * Takes over days of birth that came, changed or went since the last time, by the feed of changes; all of them on first use.
 * What {@link setBirthday} said stays.
 */
export async function refreshBirthdays(stores: SqlStores, clock: Clock, tenantId: number): Promise<void> {
  const tables = revisitTables(stores);
  const mark = await tables
    .selectFrom("rk_birthday_marks")
    .select(["revision", "marked_at"])
    .where("tenant_id", "=", tenantId)
    .executeTakeFirst();
  // Before anything is read: what changes meanwhile is read again the next time.
  const revision = (await stores.tenants.get(tenantId))?.revision ?? 0;
  const at = clock.now();
  if (mark && at - mark.marked_at < FEED_MS) await readFeed(stores, clock, tenantId, mark.revision);
  else await readEverybody(stores, clock, tenantId);
  await stores.transaction(async (tx) => {
    await revisitTables(tx).deleteFrom("rk_birthday_marks").where("tenant_id", "=", tenantId).execute();
    await insertAbsent(tx, "rk_birthday_marks", [{ tenant_id: tenantId, revision, marked_at: at }]);
  });
}

async function readFeed(stores: SqlStores, clock: Clock, tenantId: number, from: number): Promise<void> {
  for (let revision = from; ; ) {
    const changes = await stores.tenants.changesSince(tenantId, revision, ROWS);
    const last = changes.at(-1);
    if (!last) return;
    const ids = [...new Set(changes.filter(({ kind }) => kind === "customer").map(({ id }) => id))];
    for (let at = 0; at < ids.length; at += ROWS) {
      const some = ids.slice(at, at + ROWS);
      const people = await revisitTables(stores)
        .selectFrom("rk_customers")
        .select(["id", "born_on"])
        .where("tenant_id", "=", tenantId)
        .where("id", "in", some)
        .execute();
      await takeOver(stores, clock, tenantId, people);
    }
    revision = last.revision;
  }
}

async function readEverybody(stores: SqlStores, clock: Clock, tenantId: number): Promise<void> {
  for (let after = 0; ; ) {
    const people = await revisitTables(stores)
      .selectFrom("rk_customers")
      .select(["id", "born_on"])
      .where("tenant_id", "=", tenantId)
      .where("id", ">", after)
      .orderBy("id")
      .limit(ROWS)
      .execute();
    await takeOver(stores, clock, tenantId, people);
    if (people.length < ROWS) return;
    after = people.at(-1)?.id ?? after;
  }
}

async function takeOver(
  stores: SqlStores,
  clock: Clock,
  tenantId: number,
  people: readonly { readonly id: number; readonly born_on: string | null }[],
): Promise<void> {
  if (people.length === 0) return;
  await stores.transaction(async (tx) => {
    const rows = await revisitTables(tx)
      .selectFrom("rk_birthdays")
      .select(["customer_id", "day_key", "born_year", "source"])
      .where("tenant_id", "=", tenantId)
      .where(
        "customer_id",
        "in",
        people.map(({ id }) => id),
      )
      .execute();
    const known = new Map(rows.map((row) => [row.customer_id, row]));
    const changed = people.flatMap(({ id, born_on }) => {
      const before = known.get(id);
      const now = ofBornOn(born_on);
      const isSame = before?.day_key === now?.day_key && before?.born_year === now?.born_year;
      return before?.source === "given" || isSame ? [] : [{ id, before, now }];
    });
    const gone = changed.filter(({ before }) => before).map(({ id }) => id);
    const come = changed.flatMap(({ id, now }) => (now ? [{ customerId: id, ...now }] : []));
    await replace(tx, tenantId, gone, come, clock.now());
  });
}

/** Somebody whose birthday is near. */
export interface NearPerson {
  readonly customerId: number;
  readonly customerCode: string;
  readonly name: string | null;
  readonly dayKey: string;
  readonly bornYear: number | null;
  readonly birthdayOn: string;
  readonly birthdayYear: number;
}

/** Days of a window by the key of those who have their birthday on them. */
export type NearDays = ReadonlyMap<string, readonly KeyedBirthday[]>;

/** @param from local day; that day and `days` after it */
export function nearDays(from: string, days: number, policy: BirthdayPolicy): NearDays {
  const found = new Map<string, KeyedBirthday[]>();
  for (const one of birthdayWindow(from, days, policy)) found.set(one.key, [...(found.get(one.key) ?? []), one]);
  return found;
}

/**
 * One page of the people whose birthday is in a window, by ascending id: those of its keys, by an index. Whose only birthday
 * there is the day of birth is left out, so that a page may be short.
 *
 * @returns `lastId` null: there are no more
 */
export async function nearPeople(
  database: RevisitDatabase,
  tenantId: number,
  days: NearDays,
  { afterId, limit }: { readonly afterId: number; readonly limit: number },
): Promise<{ readonly people: readonly NearPerson[]; readonly lastId: number | null }> {
  const rows = await nearRows(database, tenantId, days)
    .select(["c.id", "c.external_key", "c.name", "b.day_key", "b.born_year"])
    .where("b.customer_id", ">", afterId)
    .orderBy("b.customer_id")
    .limit(limit)
    .execute();
  const people = rows.flatMap((row) => {
    const birthday = days.get(row.day_key)?.find(({ year }) => row.born_year === null || year > row.born_year);
    if (!birthday) return [];
    return {
      ...{ customerId: row.id, customerCode: row.external_key, name: row.name, dayKey: row.day_key },
      ...{ bornYear: row.born_year, birthdayOn: birthday.on, birthdayYear: birthday.year },
    };
  });
  return { people, lastId: rows.length < limit ? null : (rows.at(-1)?.id ?? null) };
}

/** How many people have their birthday in a window: one statement. The day of birth counts as one here. */
export async function countNear(database: RevisitDatabase, tenantId: number, days: NearDays): Promise<number> {
  const { n } = await nearRows(database, tenantId, days)
    .select(({ fn }) => fn.countAll<number>().as("n"))
    .executeTakeFirstOrThrow();
  return Number(n);
}

function nearRows(database: RevisitDatabase, tenantId: number, days: NearDays) {
  return revisitTables(database)
    .selectFrom("rk_birthdays as b")
    .innerJoin("rk_customers as c", (join) =>
      join.onRef("c.tenant_id", "=", "b.tenant_id").onRef("c.id", "=", "b.customer_id"),
    )
    .where("b.tenant_id", "=", tenantId)
    .where("b.day_key", "in", [...days.keys()]);
}
