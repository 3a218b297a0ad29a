import { tenantOf } from "../engine/counted-statuses.js";
import type { EngineContext } from "../engine/engine-context.js";
import { ConflictError, NotFoundError } from "../errors.js";
import type { RowLock } from "../ports/row-lock.js";
import type { Stores } from "../ports/stores.js";
import type { Rule } from "../rule/rule.js";
import { nextSlot } from "../rule/slots.js";
import { zoneOf } from "../rule/zone.js";
import { planRule } from "../schedule/plan.js";
import type { RuleContext } from "../schedule/rules.js";
import { withoutNulls } from "../without-nulls.js";
import { parseInput } from "../zod-issues.js";
import { tenantSchema } from "./create-tenant.js";
import type { Tenant } from "./tenant.js";

/** What `update` takes, without its nulls. */
export const tenantPatchSchema = tenantSchema.partial();

/** What may be changed of a tenant. */
export interface TenantPatch {
  /** 1 … 255 characters. @default as it is */
  readonly name?: string | null | undefined;
  /** IANA zone; slots of rules without a zone of their own move with it. @default as it is */
  readonly timeZone?: string | null | undefined;
  /** ISO 4217 code; fixed once there are orders. @default as it is */
  readonly currency?: string | null | undefined;
  /** Statuses of orders that count as a purchase, 1 … 100; figures of the past are counted anew by them. @default as they are */
  readonly countedStatuses?: readonly string[] | null | undefined;
}

/**
 * Changes a tenant. Slots of rules without a zone of their own move with the tenant's: those due before are planned in the old zone first.
 *
 * @throws {InputError} every fault at once
 * @throws {NotFoundError} `tenant.not-found`
 * @throws {ConflictError} `tenant.currency-fixed`: the tenant has orders, whose amounts would change their meaning
 */
export async function updateTenant(
  context: RuleContext & Pick<EngineContext, "statuses">,
  patch: TenantPatch,
): Promise<Tenant> {
  const { stores, clock, random, tenantId } = context;
  const { name, timeZone, currency, countedStatuses } = parseInput(tenantPatchSchema, withoutNulls(patch));
  return stores.transaction(async (tx) => {
    const inside = { ...context, stores: tx };
    const now = clock.now();
    const before = await getTenant(inside, tenantId, "exclusive");
    assertCurrency(before, currency);
    const moving = timeZone !== undefined && timeZone !== before.timeZone;
    const rules = moving ? await followingRules(tx, tenantId) : [];
    for (const rule of rules) await planRule(tx, rule, now, random);
    await tx.tenants.update(tenantId, {
      ...(name !== undefined && { name }),
      ...(timeZone !== undefined && { timeZone }),
      ...(currency !== undefined && { currency }),
      ...(countedStatuses !== undefined && { countedStatuses }),
    });
    for (const rule of rules) {
      const mark = Math.max(now, rule.plannedUntil);
      await tx.rules.setPlanned(tenantId, rule.id, mark, nextSlot(rule.definition, await zoneOf(tx, rule), mark));
    }
    return getTenant(inside, tenantId);
  });
}

/** Amounts are kept in minor units of the tenant's currency. */
function assertCurrency(tenant: Tenant, currency = tenant.currency): void {
  if (currency === tenant.currency || tenant.maxOrderAt === null) return;
  throw new ConflictError("tenant.currency-fixed", `tenant ${tenant.id} has orders in another currency`);
}

/** @throws {NotFoundError} `tenant.not-found` */
export async function getTenant(
  context: Pick<EngineContext, "stores" | "statuses">,
  tenantId: number,
  lock?: RowLock,
): Promise<Tenant> {
  const tenant = await context.stores.tenants.get(tenantId, lock);
  if (!tenant) throw new NotFoundError("tenant.not-found", `no tenant ${tenantId}`);
  return tenantOf(tenant, context);
}

/** Rules that fire in the tenant's zone, held until the transaction ends. */
async function followingRules(tx: Stores, tenantId: number): Promise<readonly Rule[]> {
  const found: Rule[] = [];
  for (let offset = 0, total = 1; offset < total; offset += 200) {
    const page = await tx.rules.list(tenantId, {}, { offset, limit: 200 });
    total = page.total;
    for (const { id } of page.items) {
      const rule = await tx.rules.get(tenantId, id, "exclusive");
      if (rule?.deletedAt === null && rule.definition.timeZone === undefined) found.push(rule);
    }
  }
  return found;
}
