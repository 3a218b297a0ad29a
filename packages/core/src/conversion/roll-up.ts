import type { EngineContext } from "../engine/engine-context.js";
import { RecallKitError } from "../errors.js";
import { type ConversionQuery, DEFAULT_ATTRIBUTION_WINDOW_MS } from "./report.js";

/** Which order is credited to which push, kept beside the ledger, so that reports need not search for it. */
export interface ConversionKit {
  /**
   * Keeps the credits of orders from now on, and brings them up to the ledger. Reports without `asOf` and with a window of at most 7
   * days read the rest themselves and answer from them, with the figures that a search gives; call it again from time to time,
   * so that there is little left for them. The first call reads all deliveries.
   *
   * @returns `revision`: the change of the feed up to which credits are known
   */
  rollUp(options?: { readonly signal?: AbortSignal | null | undefined }): Promise<{ readonly revision: number }>;
  /** Keeps them no longer: reports search again. They can be found anew at any time. */
  drop(): Promise<void>;
}

/** Changes, or deliveries, of one step. */
const AT_ONCE = 1_000;
/** A report that would have to read more than so many steps searches instead. */
const MOST_STEPS = 8;

type Context = Pick<EngineContext, "stores" | "clock">;

/** Keeps credits from now on, and reads until they are those of the ledger. @returns the change up to which they are known */
export async function rollUpConversions(
  { stores, clock }: Context,
  tenantId: number,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<{ readonly revision: number }> {
  for (;;) {
    signal?.throwIfAborted();
    const step = await stores.conversions.rollUp(tenantId, { begin: true, limit: AT_ONCE, at: clock.now() });
    if (!step || step.isCurrent) return { revision: step?.revision ?? 0 };
  }
}

/** Keeps no credits any more. */
export async function dropRollUp({ stores }: Context, tenantId: number): Promise<void> {
  while ((await stores.conversions.dropRollUp(tenantId, AT_ONCE)) > 0);
}

/**
 * A question that may be answered from kept credits, once these were brought up to the ledger: where some are kept, and little is
 * left to read. Inside a transaction of the application nothing is written for a report.
 */
export async function byRollUp({ stores, clock }: Context, query: ConversionQuery): Promise<ConversionQuery> {
  const { tenantId, pushesAsOf, windowMs } = query;
  if (pushesAsOf !== undefined || windowMs > DEFAULT_ATTRIBUTION_WINDOW_MS || stores.inTransaction?.()) return query;
  try {
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const step = await stores.conversions.rollUp(tenantId, { begin: false, limit: AT_ONCE, at: clock.now() });
      if (!step) return query;
      if (step.isCurrent) return { ...query, fromRollUp: true };
    }
  } catch (error) {
    // Others write for long, or nobody may: a report only reads, and whatever else is wrong it finds out by itself.
    if (!(RecallKitError.is(error) && error.code.startsWith("storage."))) throw error;
  }
  return query;
}
