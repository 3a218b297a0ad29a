import * as z from "zod";
import type { Clock } from "../clock.js";
import { requiredText } from "../customer/customer-schema.js";
import { DEFAULT_TIME_ZONE, isTimeZone } from "../local-time.js";
import type { Stores } from "../ports/stores.js";
import { withoutNulls } from "../without-nulls.js";
import { parseInput } from "../zod-issues.js";
import type { Tenant } from "./tenant.js";

/** Everything that is set about a tenant. */
export const tenantSchema = z.strictObject({
  name: requiredText(255),
  timeZone: z.string().refine(isTimeZone, { message: "must be an IANA time zone" }),
  currency: z.string().regex(/^[A-Z]{3}$/, { message: "must be an ISO 4217 code" }),
});

/** What `tenants.create` takes, without its nulls. */
export const tenantInputSchema = tenantSchema.partial({ timeZone: true, currency: true });

/** A new tenant. */
export interface TenantInput {
  /** 1 … 255 characters. */
  readonly name: string;
  /** IANA zone of its days, slots and reports. @default "Asia/Shanghai" */
  readonly timeZone?: string | null | undefined;
  /** ISO 4217 code of all its amounts. @default "CNY" */
  readonly currency?: string | null | undefined;
}

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
  const {
    name,
    timeZone = DEFAULT_TIME_ZONE,
    currency = DEFAULT_CURRENCY,
  } = parseInput(tenantInputSchema, withoutNulls(input));
  return stores.transaction((tx) => tx.tenants.insert({ name, timeZone, currency, createdAt: clock.now() }));
}
