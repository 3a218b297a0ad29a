import type { RecallKit } from "@recallkit/core";
import type { Funnel, FunnelPart, FunnelPerson } from "@recallkit/core/ports";
import type * as z from "zod";
import { csvPieces } from "../../frame/csv.js";
import type { fileQuery, funnelAnswer, funnelQuery, peopleAnswer } from "./schema.js";

const DAY_MS = 86_400_000;
const PAGE = 200;

type TenantKit = ReturnType<RecallKit["forTenant"]>;

/** What the kit is asked for; absent parts are left out. */
export function scopeOf(query: z.output<typeof funnelQuery>) {
  const { rule_id: ruleId, occurrence_id: occurrenceId, window_days: days, channel, from, to } = query;
  return { ruleId, occurrenceId, channel, from, to, windowMs: days === undefined ? undefined : days * DAY_MS };
}

/** A funnel in the names of the answer. */
export function funnelShape(funnel: Funnel): z.input<typeof funnelAnswer> {
  return {
    ...partShape(funnel),
    by_channel: funnel.byChannel.map((part) => ({ channel: part.channel ?? "", ...partShape(part) })),
    currency: funnel.currency,
    window_days: funnel.windowMs / DAY_MS,
    as_of: funnel.asOf,
  };
}

function partShape({ audience, unknown, steps, orders, revenueMinor, refundedMinor }: FunnelPart) {
  return { audience, unknown, steps: [...steps], orders, revenue_minor: revenueMinor, refunded_minor: refundedMinor };
}

/** A person of a step in the names of the answer. */
export function personShape(person: FunnelPerson): z.input<typeof peopleAnswer>["items"][number] {
  return {
    delivery_id: person.deliveryId,
    customer_id: person.customerId,
    customer_key: person.externalKey,
    occurrence_id: person.occurrenceId,
    channel: person.channel,
    state: person.state,
    reason: person.reason,
    accepted_at: person.acceptedAt,
    delivered_at: person.deliveredAt,
    viewed_at: person.viewedAt,
    clicked_at: person.clickedAt,
    claimed_at: person.claimedAt,
  };
}

const COLUMNS = [
  "delivery_id",
  "customer_key",
  "channel",
  "state",
  "reason",
  "accepted_at",
  "delivered_at",
  "viewed_at",
  "clicked_at",
  "claimed_at",
] as const;

/** All people of a step as CSV, read page by page as the file is. */
export function peopleFile(
  kit: TenantKit,
  { step, reached, ...query }: z.output<typeof fileQuery>,
): AsyncIterable<string> {
  const at = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString());
  async function* rows() {
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<TenantKit["funnelPeople"]>> = await kit.funnelPeople({
        ...scopeOf(query),
        step,
        reached: reached !== "false",
        cursor,
        limit: PAGE,
      });
      for (const person of page.items) {
        const { deliveryId, externalKey, channel, state, reason } = person;
        const times = [person.acceptedAt, person.deliveredAt, person.viewedAt, person.clickedAt, person.claimedAt];
        yield [deliveryId, externalKey, channel, state, reason, ...times.map(at)];
      }
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
  return csvPieces(COLUMNS, rows());
}
