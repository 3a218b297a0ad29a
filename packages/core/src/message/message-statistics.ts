import * as z from "zod";
import { ratio } from "../conversion/report.js";
import { instantSchema } from "../instant.js";
import { addDays, type LocalDate, localDateOf, startOfDay } from "../local-time.js";
import type { MessageFigure } from "../ports/message-store.js";
import type { Stores } from "../ports/stores.js";
import type { MessageState } from "./states.js";

/** Figures of messages, and the rates of them with what they are of. */
export interface MessageFigures {
  /** Accepted by us. */
  readonly total: number;
  /** Messages by state. */
  readonly byState: Readonly<Partial<Record<MessageState, number>>>;
  /** Taken by the provider: `accepted`, `delivered` and `not_delivered`. */
  readonly sent: number;
  /** Of which the provider's report says that they arrived. */
  readonly delivered: number;
  /** Refused by the provider for good. */
  readonly failed: number;
  /** Nobody knows whether the provider has them: `unknown` and `needs_review`. */
  readonly unknown: number;
  /** Not begun, or being sent. */
  readonly open: number;
  /** sent ÷ (sent + failed), 0 … 1; null: neither. Unknown ones are not in it. */
  readonly successRate: number | null;
  /** delivered ÷ (delivered + not delivered), 0 … 1; null: no report. */
  readonly deliveryRate: number | null;
  /** Mean time from acceptance by us to acceptance by the provider, ms; null: nothing was sent. */
  readonly averageMs: number | null;
}

/** Figures of a period, all together and by channel. */
export interface MessageStatistics extends MessageFigures {
  /** The same by channel. */
  readonly byChannel: Readonly<Record<string, MessageFigures>>;
}

/** Figures of one local day. */
export interface MessageDay extends MessageStatistics {
  /** The day, in the tenant's zone. */
  readonly date: LocalDate;
}

const MOST_DAYS = 90;

/** A period of figures: `from` in, `to` out. */
export const messagePeriodSchema = z.strictObject({ from: instantSchema.optional(), to: instantSchema.optional() });
export const messageTrendSchema = z.strictObject({ days: z.int().min(1).max(MOST_DAYS).optional() });

/** Figures of messages accepted in a period. */
export async function messageStatistics(
  { messages }: Pick<Stores, "messages">,
  tenantId: number,
  period: { readonly from: number; readonly to: number },
): Promise<MessageStatistics> {
  return statisticsOf(await messages.figures(tenantId, period));
}

/** Figures of the last local days, today last. */
export async function messageTrend(
  stores: Pick<Stores, "messages">,
  tenantId: number,
  { now, timeZone, days }: { readonly now: number; readonly timeZone: string; readonly days: number },
): Promise<readonly MessageDay[]> {
  const today = localDateOf(now, timeZone);
  const dates = Array.from({ length: days }, (_, n) => addDays(today, n - days + 1));
  return Promise.all(
    dates.map(async (date) => {
      const period = { from: startOfDay(date, timeZone), to: startOfDay(addDays(date, 1), timeZone) };
      return { date, ...(await messageStatistics(stores, tenantId, period)) };
    }),
  );
}

function statisticsOf(rows: readonly MessageFigure[]): MessageStatistics {
  const channels = [...new Set(rows.map(({ channel }) => channel))].sort();
  const byChannel = channels.map(
    (channel) => [channel, figuresOf(rows.filter((row) => row.channel === channel))] as const,
  );
  return { ...figuresOf(rows), byChannel: Object.fromEntries(byChannel) };
}

function figuresOf(rows: readonly MessageFigure[]): MessageFigures {
  const byState: Partial<Record<MessageState, number>> = {};
  for (const { state, count } of rows) byState[state] = (byState[state] ?? 0) + count;
  const of = (...states: readonly MessageState[]) => states.reduce((sum, state) => sum + (byState[state] ?? 0), 0);
  const sent = of("accepted", "delivered", "not_delivered");
  const failed = of("failed");
  const totalMs = rows.reduce((sum, row) => sum + row.totalMs, 0);
  return {
    total: rows.reduce((sum, { count }) => sum + count, 0),
    byState,
    sent,
    delivered: of("delivered"),
    failed,
    unknown: of("unknown", "needs_review"),
    open: of("queued", "dispatching"),
    successRate: ratio(sent, sent + failed),
    deliveryRate: ratio(of("delivered"), of("delivered", "not_delivered")),
    averageMs: sent === 0 ? null : Math.round(totalMs / sent),
  };
}
