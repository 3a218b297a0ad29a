import * as z from "zod";
import { requiredText } from "../customer/customer-schema.js";
import { tenantOf } from "../engine/counted-statuses.js";
import type { EngineContext } from "../engine/engine-context.js";
import { DEFAULT_TIME_ZONE, isTimeZone } from "../local-time.js";
import { withoutNulls } from "../without-nulls.js";
import { parseInput } from "../zod-issues.js";
import type { Tenant } from "./tenant.js";

/** Statuses as orders have them, each once. */
const countedStatuses = z
  .array(requiredText(64))
  .min(1)
  .max(100)
  .transform((statuses) => [...new Set(statuses)]);

/** Everything that is set about a tenant. */
export const tenantSchema = z.strictObject({
  name: requiredText(255),
  timeZone: z.string().refine(isTimeZone, { message: "must be an IANA time zone" }),
  currency: z.string().regex(/^[A-Z]{3}$/, { message: "must be an ISO 4217 code" }),
  countedStatuses,
});

/** What `tenants.create` takes, without its nulls. */
export const tenantInputSchema = tenantSchema.partial({ timeZone: true, currency: true, countedStatuses: true });

/** A new tenant. */
export interface TenantInput {
  /** 1 … 255 characters. */
  readonly name: string;
  /** IANA zone of its days, slots and reports. @default "Asia/Shanghai" */
  readonly timeZone?: string | null | undefined;
  /** ISO 4217 code of all its amounts. @default "CNY" */
  readonly currency?: string | null | undefined;
  /** Statuses of orders that count as a purchase, 1 … 100. @default those of the installation */
  readonly countedStatuses?: readonly string[] | null | undefined;
}

const DEFAULT_CURRENCY = "CNY";

/**
 * Adds a tenant.
 *
 * @throws {InputError} every fault at once
 */
export async function createTenant(
  context: Pick<EngineContext, "stores" | "clock" | "statuses">,
  input: TenantInput,
): Promise<Tenant> {
  const {
    name,
    timeZone = DEFAULT_TIME_ZONE,
    currency = DEFAULT_CURRENCY,
    countedStatuses = null,
  } = parseInput(tenantInputSchema, withoutNulls(input));
  const tenant = { name, timeZone, currency, countedStatuses, createdAt: context.clock.now() };
  return tenantOf(await context.stores.transaction((tx) => tx.tenants.insert(tenant)), context);
}
