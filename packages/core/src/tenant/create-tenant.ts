import * as z from "zod";
import type { Clock } from "../clock.js";
import { requiredText } from "../customer/customer-schema.js";
import { DEFAULT_TIME_ZONE, isTimeZone } from "../local-time.js";
import type { Stores } from "../ports/stores.js";
import { parseInput } from "../zod-issues.js";
import type { Tenant } from "./tenant.js";

/** Everything that is set about a tenant. */
export const tenantSchema = z.strictObject({
  name: requiredText(255),
  timeZone: z.string().refine(isTimeZone, { message: "must be an IANA time zone" }),
  currency: z.string().regex(/^[A-Z]{3}$/, { message: "must be an ISO 4217 code" }),
});

const inputSchema = tenantSchema.partial({ timeZone: true, currency: true });

/** A new tenant: a name, and where it differs from Asia/Shanghai and CNY, zone and currency. */
export type TenantInput = z.input<typeof inputSchema>;

const DEFAULT_CURRENCY = "CNY";

/**
 * Adds a tenant.
 *
 * @throws {InputError} every fault at once
 */
export async function createTenant(
  { stores, clock }: { readonly stores: Stores; readonly clock: Clock },
  input: TenantInput,
): Promise<Tenant> {
  const { name, timeZone = DEFAULT_TIME_ZONE, currency = DEFAULT_CURRENCY } = parseInput(inputSchema, input);
  return stores.transaction((tx) => tx.tenants.insert({ name, timeZone, currency, createdAt: clock.now() }));
}
