import * as z from "zod";
import type { Clock } from "../clock.js";
import { requiredText } from "../customer/customer-schema.js";
import { NotFoundError } from "../errors.js";
import { channelNameSchema } from "../input.js";
import { pageFields } from "../page.js";
import type { Stores } from "../ports/stores.js";
import { withoutNulls } from "../without-nulls.js";
import { parseInput } from "../zod-issues.js";
import type { Suppression, SuppressionInput, SuppressionListOptions } from "./suppression.js";

interface SuppressionContext {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly tenantId: number;
}

/** What `suppressions.add` takes, without its nulls. */
export const suppressionSchema = z
  .strictObject({
    channel: z
      .string()
      .regex(/^(\*|[a-z][a-z0-9_-]{0,63})$/, { message: "must be the name of a channel, or *" })
      .default("*"),
    address: requiredText(255).optional(),
    externalKey: requiredText(255).optional(),
    reason: requiredText(255),
  })
  .refine((entry) => (entry.address === undefined) !== (entry.externalKey === undefined), {
    path: ["address"],
    message: "one of address and externalKey is needed",
  });

/** What a list of suppressions may ask for. */
export const suppressionFilterSchema = z.strictObject({
  ...pageFields,
  channel: channelNameSchema.optional(),
} satisfies Record<keyof SuppressionListOptions, z.ZodType>);

/**
 * Keeps somebody from being contacted, from the next batch on; a repeat takes the new reason.
 *
 * @throws {InputError}; {NotFoundError} `customer.not-found`
 */
export async function addSuppression(context: SuppressionContext, input: SuppressionInput): Promise<Suppression> {
  const { stores, clock, tenantId } = context;
  const { channel, address = null, externalKey, reason } = parseInput(suppressionSchema, withoutNulls(input));
  return stores.transaction(async (tx) => {
    const customerId = externalKey === undefined ? null : await customerOf(tx, tenantId, externalKey);
    const entry = { tenantId, channel, address, customerId, reason, createdAt: clock.now() };
    return (await tx.suppressions.put(entry)).suppression;
  });
}

/** @throws {NotFoundError} `suppression.not-found` */
export async function removeSuppression({ stores, tenantId }: SuppressionContext, id: number): Promise<void> {
  if (await stores.suppressions.remove(tenantId, id)) return;
  throw new NotFoundError("suppression.not-found", `no suppression ${id}`);
}

async function customerOf(stores: Stores, tenantId: number, key: string): Promise<number> {
  const [customer] = await stores.customers.findByKeys(tenantId, [key]);
  if (!customer) throw new NotFoundError("customer.not-found", "no customer has this key");
  return customer.id;
}
