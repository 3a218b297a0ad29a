import type { EngineContext } from "../engine/engine-context.js";
import { NotFoundError } from "../errors.js";
import type { Read } from "../instant.js";
import type { Page } from "../page.js";
import {
  type Funnel,
  type FunnelCounts,
  type FunnelOptions,
  type FunnelPart,
  type FunnelPeopleOptions,
  type FunnelPerson,
  funnelPart,
} from "./funnel.js";
import { type ConversionQuery, DEFAULT_ATTRIBUTION_WINDOW_MS } from "./report.js";
import { byRollUp } from "./roll-up.js";

/** The funnel of a scope: all channels together, and each. */
export async function takeFunnel(
  context: EngineContext,
  tenantId: number,
  options: Read<FunnelOptions> = {},
): Promise<Funnel> {
  const { query: asked, currency } = await queryOf(context, tenantId, options);
  const query = await byRollUp(context, asked);
  const { conversions } = context.stores;
  const counts = await conversions.funnel(query);
  const part = async (of: FunnelCounts): Promise<FunnelPart> => {
    const scope = of.channel === null ? query : { ...query, channel: of.channel };
    return funnelPart(of, await conversions.figures(scope));
  };
  const byChannel: FunnelPart[] = [];
  // One after the other: each reads all of its orders.
  for (const of of counts) if (of.channel !== null) byChannel.push(await part(of));
  const all = counts.find(({ channel }) => channel === null) ?? NOBODY;
  return { ...(await part(all)), byChannel, currency, windowMs: query.windowMs, asOf: query.asOf };
}

/** Who came to a step, or did not, by ascending delivery id. */
export async function listFunnelPeople(
  context: EngineContext,
  tenantId: number,
  { step, reached = true, cursor, limit, ...scope }: Read<FunnelPeopleOptions>,
): Promise<Page<FunnelPerson>> {
  const { query } = await queryOf(context, tenantId, scope);
  return context.stores.conversions.funnelPeople(query, { step, reached }, { cursor, limit });
}

async function queryOf(
  { stores, clock, statuses }: EngineContext,
  tenantId: number,
  { ruleId, windowMs = DEFAULT_ATTRIBUTION_WINDOW_MS, ...scope }: Read<FunnelOptions>,
): Promise<{ readonly query: ConversionQuery; readonly currency: string }> {
  const tenant = await stores.tenants.get(tenantId);
  if (!tenant) throw new NotFoundError("tenant.not-found", `no tenant ${tenantId}`);
  const query = {
    tenantId,
    asOf: clock.now(),
    windowMs,
    statuses: tenant.countedStatuses ?? statuses,
    ...(ruleId !== undefined && { ruleIds: [ruleId] }),
    ...scope,
  };
  return { query, currency: tenant.currency };
}

const NOBODY: FunnelCounts = {
  channel: null,
  audience: 0,
  sent: 0,
  accepted: 0,
  delivered: 0,
  viewed: 0,
  clicked: 0,
  claimed: 0,
  redeemed: 0,
  unknown: 0,
};
