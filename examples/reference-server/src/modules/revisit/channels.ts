import type { IdentityType } from "@recallkit/core";
import { type RevisitDatabase, revisitTables } from "./tables.js";

/** Channels by which people are greeted, the first one first. */
export const REVISIT_CHANNELS = ["wecom", "sms"] as const;
export type RevisitChannel = (typeof REVISIT_CHANNELS)[number];

/** What a channel asks for. */
interface ChannelFacts {
  /** What it needs of a person. */
  readonly address: IdentityType;
  /** It says one text to all of a batch. */
  readonly isShared: boolean;
  /** What stands around a greeting. */
  readonly content: string;
}

export const CHANNEL_FACTS: Readonly<Record<RevisitChannel, ChannelFacts>> = {
  wecom: { address: "external_userid", isShared: true, content: "{{greeting}}" },
  // Providers of SMS refuse texts that consist of variables alone.
  sms: { address: "mobile", isShared: false, content: "生日祝福：{{greeting}}" },
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
