import type { EngineContext } from "../engine/engine-context.js";
import { NotFoundError } from "../errors.js";
import type { Read } from "../instant.js";
import { addDays, localDateOf, startOfDay } from "../local-time.js";
import type { Period } from "../ports/conversion-store.js";
import type { Stores } from "../ports/stores.js";
import { type ConversionFigures, type ConversionQuery, DEFAULT_ATTRIBUTION_WINDOW_MS, reportOf } from "./report.js";
import { byRollUp } from "./roll-up.js";
import type { DayFigures, Statistics, StatisticsOptions } from "./statistics.js";

/** Days listed one by one; older ones are in the totals only. */
const MOST_DAYS = 400;

/**
 * The report of a filter, its days and what was bought.
 */
export async function takeStatistics(
  context: EngineContext,
  tenantId: number,
  options: Read<StatisticsOptions> = {},
): Promise<Statistics> {
  const { stores, clock } = context;
  const { ruleId, search, from, to, asOf = clock.now(), windowMs = DEFAULT_ATTRIBUTION_WINDOW_MS } = options;
  const { products: most = 20 } = options;
  const tenant = await stores.tenants.get(tenantId);
  if (!tenant) throw new NotFoundError("tenant.not-found", `no tenant ${tenantId}`);
  const query = await byRollUp(context, {
    tenantId,
    asOf,
    windowMs,
    statuses: tenant.countedStatuses ?? context.statuses,
    ...(options.asOf !== undefined && { pushesAsOf: asOf }),
    ...(ruleId !== undefined && { ruleIds: [ruleId] }),
    ...(search !== undefined && { search }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  });
  const terms = { currency: tenant.currency, windowMs, asOf };
  return {
    ...reportOf(await stores.conversions.figures(query), terms),
    byDay: await figuresByDay(stores, query, tenant.timeZone, (figures) => reportOf(figures, terms)),
    products: await stores.conversions.products(query, most),
  };
}

async function figuresByDay(
  stores: Stores,
  query: ConversionQuery,
  timeZone: string,
  report: (figures: ConversionFigures) => Omit<DayFigures, "date">,
): Promise<readonly DayFigures[]> {
  const range = await stores.conversions.dueRange(query);
  if (!range) return [];
  const days = daysOf(range, timeZone);
  const figures = await stores.conversions.figuresOf(query, days);
  return days.flatMap(({ date }, index) => {
    const day = figures[index];
    return day && day.audience > 0 ? [{ date, ...partsOf(report(day)) }] : [];
  });
}

/** The last local days up to the latest push, with their instants. */
function daysOf(
  { first, last }: { readonly first: number; readonly last: number },
  timeZone: string,
): readonly (Period & { readonly date: string })[] {
  const days: (Period & { readonly date: string })[] = [];
  const firstDate = localDateOf(first, timeZone);
  for (let date = localDateOf(last, timeZone); date >= firstDate && days.length < MOST_DAYS; date = addDays(date, -1)) {
    days.unshift({ date, from: startOfDay(date, timeZone), to: startOfDay(addDays(date, 1), timeZone) });
  }
  return days;
}

function partsOf(report: Omit<DayFigures, "date">): Omit<DayFigures, "date"> {
  const { pushed, succeeded, failed, accepted, delivered, notDelivered, waiting, unknown } = report;
  const { orders, buyers, revenueMinor, refundedMinor } = report;
  return {
    pushed,
    succeeded,
    failed,
    accepted,
    delivered,
    notDelivered,
    waiting,
    unknown,
    orders,
    buyers,
    revenueMinor,
    refundedMinor,
  };
}
