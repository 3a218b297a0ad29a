import { isTimeZone } from "@recallkit/core/ports";
import { repeatIfTaken } from "../../../frame/repeat-if-taken.js";
import { insertMany } from "../engine.js";
import type { Merchant } from "../merchant.js";
import { type LeadDatabase, leadTables } from "../tables.js";
import type { Consent, LeadState } from "./lead.js";

/** Somebody to be called. */
export interface NewLead {
  /** E.164. */
  readonly phone: string;
  readonly name: string;
  readonly company: string;
  readonly region: string;
  /** IANA zone; undefined: the tenant's. */
  readonly timeZone: string | undefined;
  readonly consent: Consent;
}

/** What became of leads. */
export interface Loaded {
  /** New, whether or not they may be called. */
  readonly inserted: number;
  /** Of a number that the package has already. */
  readonly unchanged: number;
  /** Of the new ones: those whose number another package had first. */
  readonly duplicates: number;
  /** Of the new ones: those who want no contact. */
  readonly suppressed: number;
}

/** Numbers that are looked up at once. */
const AT_ONCE = 500;

/**
 * Puts people into a package: each number once in the package, and called once in the tenant: where another package has it, it
 * is kept as a duplicate that nobody calls. Call it inside a transaction that holds the package.
 */
export async function loadLeads(
  { stores, tenantId, timeZone, context }: Merchant,
  packageId: number,
  leads: readonly NewLead[],
): Promise<Loaded> {
  const now = context.clock.now();
  const first = new Map<string, NewLead>();
  for (const lead of leads) if (!first.has(lead.phone)) first.set(lead.phone, lead);
  const total = { inserted: 0, unchanged: leads.length - first.size, duplicates: 0, suppressed: 0 };
  const all = [...first.values()];
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const part = all.slice(at, at + AT_ONCE);
    const phones = part.map(({ phone }) => phone);
    const known = await knownLeads(stores, tenantId, phones);
    const refused = await refusedPhones(stores, tenantId, phones);
    const rows = part.flatMap((lead) => {
      const before = known.filter(({ phone_number: phone }) => phone === lead.phone);
      if (before.some(({ package_id: id }) => id === packageId)) {
        total.unchanged += 1;
        return [];
      }
      const original = before.find(({ active_phone: phone }) => phone !== null);
      const isRefused = refused.has(lead.phone) || lead.consent === "refused";
      const state: LeadState = original ? "duplicate" : isRefused ? "suppressed" : "ready";
      total.inserted += 1;
      if (original) total.duplicates += 1;
      else if (isRefused) total.suppressed += 1;
      return [
        {
          tenant_id: tenantId,
          package_id: packageId,
          phone_number: lead.phone,
          active_phone: original ? null : lead.phone,
          duplicate_of: original?.id ?? null,
          name: lead.name,
          company: lead.company,
          region: lead.region,
          time_zone: lead.timeZone !== undefined && isTimeZone(lead.timeZone) ? lead.timeZone : timeZone,
          consent: isRefused ? "refused" : lead.consent,
          customer_id: null,
          state,
          attempts: 0,
          last_result: null,
          last_call_at: null,
          first_connected_at: null,
          next_call_at: state === "ready" ? now : null,
          lease_owner: null,
          lease_until: null,
          lease_epoch: 0,
          created_at: now,
          updated_at: now,
          deleted_at: null,
        },
      ];
    });
    await repeatIfTaken(() => insertMany(stores, "rk_leads", rows));
  }
  return total;
}

function knownLeads(database: LeadDatabase, tenantId: number, phones: readonly string[]) {
  return leadTables(database)
    .selectFrom("rk_leads")
    .select(["id", "package_id", "phone_number", "active_phone"])
    .where("tenant_id", "=", tenantId)
    .where("phone_number", "in", [...phones])
    .where("deleted_at", "is", null)
    .execute();
}

/** Numbers that are not to be called: suppressed themselves, or as the customer who has them. */
async function refusedPhones(
  database: LeadDatabase,
  tenantId: number,
  phones: readonly string[],
): Promise<ReadonlySet<string>> {
  const db = leadTables(database);
  const numbers = await db
    .selectFrom("rk_suppressions")
    .select("address as phone")
    .where("tenant_id", "=", tenantId)
    .where("channel", "in", ["*", "call"])
    .where("address", "in", [...phones])
    .execute();
  const customers = await db
    .selectFrom("rk_customer_identities as i")
    .innerJoin("rk_suppressions as s", (join) =>
      join.onRef("s.tenant_id", "=", "i.tenant_id").onRef("s.customer_id", "=", "i.customer_id"),
    )
    .select("i.value as phone")
    .where("i.tenant_id", "=", tenantId)
    .where("i.type", "=", "mobile")
    .where("i.value", "in", [...phones])
    .where("s.channel", "in", ["*", "call"])
    .execute();
  return new Set([...numbers, ...customers].flatMap(({ phone }) => phone ?? []));
}

/** Duplicates whose original is gone are called in its place; of several in other packages the oldest. */
export async function promoteDuplicates(
  database: LeadDatabase,
  tenantId: number,
  packageId: number,
  at: number,
): Promise<void> {
  const db = leadTables(database);
  const rows = await db
    .selectFrom("rk_leads as d")
    .innerJoin("rk_leads as o", "o.id", "d.duplicate_of")
    .select(({ fn }) => fn.min<number>("d.id").as("id"))
    .where("d.tenant_id", "=", tenantId)
    .where("o.tenant_id", "=", tenantId)
    .where("o.package_id", "=", packageId)
    .where("d.package_id", "!=", packageId)
    .where("d.state", "=", "duplicate")
    .where("d.deleted_at", "is", null)
    .groupBy("d.phone_number")
    .execute();
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    await db
      .updateTable("rk_leads")
      .set((set) => ({
        active_phone: set.ref("phone_number"),
        duplicate_of: null,
        state: "ready",
        next_call_at: at,
        updated_at: at,
      }))
      .where("tenant_id", "=", tenantId)
      .where(
        "id",
        "in",
        rows.slice(from, from + AT_ONCE).map(({ id }) => Number(id)),
      )
      .execute();
  }
}
