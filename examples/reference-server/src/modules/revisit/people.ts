import { addDays, localDateOf } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { sql } from "kysely";
import { nearDays, refreshBirthdays } from "./birthdays.js";
import type { RevisitDesk } from "./desk.js";
import { oneOf, settingsOf } from "./settings.js";
import { REVISIT_STATES, type RevisitState } from "./states.js";
import { revisitTables } from "./tables.js";

/** A numbered page of a list. */
interface NumberedRequest {
  readonly page: number;
  readonly size: number;
}

/** A person of an institution. */
export interface InstitutionCustomer {
  readonly id: number;
  readonly customerCode: string;
  readonly name: string | null;
  readonly bornOn: string | null;
  readonly phone: string | null;
  readonly attributes: Readonly<Partial<Record<string, string>>>;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** People of an institution by the order in which they came. */
export async function institutionCustomers(
  stores: SqlStores,
  tenantId: number,
  { page, size, search }: NumberedRequest & { readonly search?: string | undefined },
): Promise<{ readonly items: readonly InstitutionCustomer[]; readonly total: number }> {
  const words = search?.trim()
    ? `%${search
        .trim()
        .toLowerCase()
        .replace(/[\\%_]/g, "\\$&")}%`
    : undefined;
  const matching = revisitTables(stores)
    .selectFrom("rk_customers as c")
    .where("c.tenant_id", "=", tenantId)
    .$if(words !== undefined, (query) =>
      query.where(
        sql<boolean>`(lower(c.name) like ${words} escape ${"\\"} or lower(c.external_key) like ${words} escape ${"\\"})`,
      ),
    );
  const { n } = await matching.select(({ fn }) => fn.countAll<number>().as("n")).executeTakeFirstOrThrow();
  const rows = await matching
    .select(["c.id", "c.external_key", "c.name", "c.born_on", "c.created_at", "c.updated_at"])
    .orderBy("c.id")
    .limit(size)
    .offset((page - 1) * size)
    .execute();
  const ids = rows.map(({ id }) => id);
  const [phones, attributes] = await Promise.all([
    phonesOf(stores, tenantId, ids),
    attributesOf(stores, tenantId, ids),
  ]);
  const items = rows.map((row) => ({
    ...{ id: row.id, customerCode: row.external_key, name: row.name, bornOn: row.born_on },
    ...{ phone: phones.get(row.id) ?? null, attributes: attributes.get(row.id) ?? {} },
    ...{ createdAt: row.created_at, updatedAt: row.updated_at },
  }));
  return { items, total: Number(n) };
}

async function phonesOf(stores: SqlStores, tenantId: number, ids: readonly number[]) {
  if (ids.length === 0) return new Map<number, string>();
  const rows = await revisitTables(stores)
    .selectFrom("rk_customer_identities")
    .select(["customer_id", "value"])
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "in", [...ids])
    .where("type", "=", "mobile")
    .execute();
  return new Map(rows.map((row) => [row.customer_id, row.value]));
}

async function attributesOf(stores: SqlStores, tenantId: number, ids: readonly number[]) {
  const found = new Map<number, Record<string, string>>();
  if (ids.length === 0) return found;
  const names = new Map((await stores.customers.attributeDefinitions(tenantId)).map(({ id, name }) => [id, name]));
  for (const { customerId, attributeId, value } of await stores.customers.attributesOf(tenantId, ids)) {
    found.set(customerId, { ...found.get(customerId), [names.get(attributeId) ?? ""]: String(value) });
  }
  return found;
}

/** Somebody whose birthday is near, with the greeting for it. */
export interface UpcomingBirthday {
  readonly customerCode: string;
  readonly name: string | null;
  readonly dayKey: string;
  readonly birthdayOn: string;
  readonly birthdayYear: number;
  readonly daysLeft: number;
  readonly revisit: { readonly id: number; readonly state: RevisitState } | null;
}

/** People whose birthday is near, the next one first. */
export async function upcomingBirthdays(
  { stores, kit, clock, daysAhead: usual }: Pick<RevisitDesk, "stores" | "kit" | "clock" | "daysAhead">,
  { page, size, daysAhead: asked }: NumberedRequest & { readonly daysAhead?: number | undefined },
): Promise<{
  readonly items: readonly UpcomingBirthday[];
  readonly total: number;
  readonly localDay: string;
  readonly daysAhead: number;
}> {
  const { tenantId } = kit;
  const settings = await settingsOf(stores, tenantId, usual);
  const daysAhead = asked ?? settings.daysAhead;
  const localDay = localDateOf(clock.now(), (await kit.tenant()).timeZone);
  await refreshBirthdays(stores, clock, tenantId);
  const days = nearDays(localDay, daysAhead, settings.policy);
  const ranks = [...days].flatMap(([key, [first]]) => (first ? [{ key, on: first.on }] : []));
  const rank = sql<number>`case b.day_key ${sql.join(
    ranks.map(({ key, on }) => sql`when ${key} then ${sql.lit(daysBetween(localDay, on))}`),
    sql` `,
  )} end`;
  const near = revisitTables(stores)
    .selectFrom("rk_birthdays as b")
    .innerJoin("rk_customers as c", (join) =>
      join.onRef("c.tenant_id", "=", "b.tenant_id").onRef("c.id", "=", "b.customer_id"),
    )
    .where("b.tenant_id", "=", tenantId)
    .where("b.day_key", "in", [...days.keys()]);
  const { n } = await near.select(({ fn }) => fn.countAll<number>().as("n")).executeTakeFirstOrThrow();
  const rows = await near
    .select(["c.id", "c.external_key", "c.name", "b.day_key", rank.as("rank")])
    .orderBy(rank)
    .orderBy("b.customer_id")
    .limit(size)
    .offset((page - 1) * size)
    .execute();
  const revisits = await revisitsOf(stores, tenantId, rows);
  const items = rows.map((row) => {
    const daysLeft = Number(row.rank);
    const birthdayOn = addDays(localDay, daysLeft);
    const birthdayYear = days.get(row.day_key)?.find(({ on }) => on === birthdayOn)?.year ?? 0;
    return {
      ...{ customerCode: row.external_key, name: row.name, dayKey: row.day_key, birthdayOn, birthdayYear, daysLeft },
      revisit: revisits.get(`${row.id} ${birthdayYear}`) ?? null,
    };
  });
  return { items, total: Number(n), localDay, daysAhead };
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

async function revisitsOf(stores: SqlStores, tenantId: number, people: readonly { readonly id: number }[]) {
  const found = new Map<string, { id: number; state: RevisitState }>();
  if (people.length === 0) return found;
  const rows = await revisitTables(stores)
    .selectFrom("rk_revisits")
    .select(["id", "customer_id", "birthday_year", "state"])
    .where("tenant_id", "=", tenantId)
    .where(
      "customer_id",
      "in",
      people.map(({ id }) => id),
    )
    .execute();
  for (const row of rows) {
    const state = oneOf(REVISIT_STATES, row.state) ?? "found";
    found.set(`${row.customer_id} ${row.birthday_year}`, { id: row.id, state });
  }
  return found;
}
