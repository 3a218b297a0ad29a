import type { TestServer } from "./test-server.js";

const DAY_MS = 86_400_000;
let shops = 0;

/** A coupon, a person, and a link of theirs to it. */
export async function shopWithCoupon(server: TestServer, { stock = 10 }: { readonly stock?: number } = {}) {
  const { kit, clock, stores } = server.context;
  const now = clock.now();
  const externalKey = `u${++shops}`;
  const mobile = `+861380000${String(shops).padStart(4, "0")}`;
  await kit.customers.upsert([{ externalKey, name: "张三", mobile }]);
  const { id: coupon } = await kit.coupons.create({
    name: `券 ${shops}`,
    title: "猫砂满 99 减 20",
    terms: "每人一张\n不与其他优惠同享",
    valueMinor: 2000,
    minSpendMinor: 9900,
    stock,
    validFrom: new Date(now - DAY_MS),
    validTo: new Date(now + 30 * DAY_MS),
  });
  const { token, code } = await kit.links.issue({ externalKey, channel: "sms", couponId: coupon });
  return {
    token,
    code,
    coupon,
    externalKey,
    /** How a link ends. */
    end: {
      // Links of the past can't be issued; the row is made older.
      expired: () =>
        stores.sql.updateTable("rk_links").set({ expires_at: now }).where("coupon_id", "=", coupon).execute(),
      revoked: () => kit.links.revoke({ token }),
      "sold-out": async () => {
        for (let claims = 0; claims < stock; claims++) {
          const other = `${externalKey}-${claims}`;
          await kit.customers.upsert([{ externalKey: other }]);
          await kit.coupons.claimFor({ couponId: coupon, externalKey: other });
        }
      },
    } as Readonly<Record<string, (() => Promise<unknown>) | undefined>>,
  };
}
