import { NotFoundError, type TenantKit } from "@recallkit/core";
import { localDateOf, type Stores } from "@recallkit/core/ports";

/** Setting of a tenant: the coupon of tasks that name none. */
const SETTING = "recall-default-coupon";
const TITLE = "老客回归礼";

/** The coupon of tasks that name none; made on first use. Call it inside a transaction. */
export async function defaultCoupon(
  { stores, kit }: { readonly stores: Stores; readonly kit: TenantKit },
  now: number,
): Promise<{ readonly id: number }> {
  const kept = await stores.config.get(kit.tenantId, SETTING);
  if (kept !== undefined) {
    try {
      return await kit.coupons.get(Number(kept));
    } catch (error) {
      if (!NotFoundError.is(error)) throw error;
    }
  }
  const { timeZone } = await kit.tenant();
  const validFrom = localDateOf(now, timeZone);
  // Each recall is a gift of its own.
  const perPerson = 1000;
  const validity = { validFrom, validTo: "2100-12-31" } as const;
  const coupon = await kit.coupons.create({ name: TITLE, title: TITLE, stock: null, perPerson, ...validity });
  await stores.config.put(kit.tenantId, SETTING, String(coupon.id));
  return coupon;
}
