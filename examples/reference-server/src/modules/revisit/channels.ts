import type { IdentityType } from "@recallkit/core";
import { type RevisitDatabase, revisitTables } from "./tables.js";

/** Channels by which people are greeted, the first one first. */
export const REVISIT_CHANNELS = ["wecom", "sms"] as const;
export type RevisitChannel = (typeof REVISIT_CHANNELS)[number];

/** What a channel needs of a person, and whether it says one text to all of a batch. */
export const CHANNEL_FACTS: Readonly<
  Record<RevisitChannel, { readonly address: IdentityType; readonly isShared: boolean }>
> = {
  wecom: { address: "external_userid", isShared: true },
  sms: { address: "mobile", isShared: false },
};

/** How each person can be reached: the first of the channels for which there is an address. Whoever has none is absent. */
export async function channelsOf(
  database: RevisitDatabase,
  tenantId: number,
  channels: readonly RevisitChannel[],
  customerIds: readonly number[],
): Promise<ReadonlyMap<number, RevisitChannel>> {
  if (customerIds.length === 0 || channels.length === 0) return new Map();
  const rows = await revisitTables(database)
    .selectFrom("rk_customer_identities")
    .select(["customer_id", "type"])
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "in", customerIds)
    .where(
      "type",
      "in",
      channels.map((name) => CHANNEL_FACTS[name].address),
    )
    .execute();
  const types = new Map<number, Set<IdentityType>>();
  for (const { customer_id: id, type } of rows) types.set(id, (types.get(id) ?? new Set()).add(type));
  const found = new Map<number, RevisitChannel>();
  for (const [id, has] of types) {
    const first = channels.find((name) => has.has(CHANNEL_FACTS[name].address));
    if (first) found.set(id, first);
  }
  return found;
}
