import type { Clock } from "../clock.js";
import type { Stores } from "../ports/stores.js";

/** What ended by itself. */
export interface ExpiredClaims {
  /** Reservations: their claims can be used again. */
  readonly released: number;
  /** Claims that nobody can use any more. */
  readonly expired: number;
}

/** Claims of one statement. */
const AT_ONCE = 500;

/**
 * Ends reservations and validities that are over, in pieces. What a claim can be used for does not wait for it: every step
 * looks at the instants themselves.
 *
 * @param tenantId only of this tenant. @default of all
 */
export async function expireDue(
  { stores, clock }: { readonly stores: Stores; readonly clock: Clock },
  tenantId?: number,
): Promise<ExpiredClaims> {
  const now = clock.now();
  const total = { released: 0, expired: 0 };
  for (let count = AT_ONCE; count > 0; ) {
    const { released, expired } = await stores.coupons.expireDue(now, AT_ONCE, tenantId);
    total.released += released;
    total.expired += expired;
    count = released + expired;
  }
  return total;
}
