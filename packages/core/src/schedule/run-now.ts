import * as z from "zod";
import type { Clock } from "../clock.js";
import type { Occurrence } from "../delivery/occurrence.js";
import type { Ids } from "../ids.js";
import { searchTextSchema } from "../input.js";
import type { Read } from "../instant.js";
import { localDateOf } from "../local-time.js";
import type { Stores } from "../ports/stores.js";
import type { Random } from "../random.js";
import { zoneOf } from "../rule/zone.js";
import { assertRoom } from "./backlog.js";
import { newOccurrence } from "./new-occurrence.js";
import { assertActive, assertValid, getRule } from "./rules.js";

// As long as a key may be on every engine.
export const runOptionsSchema = z.strictObject({
  requestId: searchTextSchema.min(1).optional(),
  force: z.boolean().optional(),
});

/** How a rule is run by hand. */
export interface RunOptions {
  /** 1 … 255 characters; the same id again finds the same occurrence. @default a new one */
  readonly requestId?: string | null | undefined;
  /** Runs it on a day outside its validity too. @default false */
  readonly force?: boolean | null | undefined;
}

/**
 * Plans an occurrence of a rule that is due at once.
 *
 * @throws {NotFoundError} `rule.not-found`
 * @throws {ConflictError} `rule.paused`; `rule.outside-validity`, unless forced
 * @throws {RecallKitError} `backlog.full`, retryable: 200 occurrences of the tenant have not begun yet
 */
export async function runRuleNow(
  context: {
    readonly stores: Stores;
    readonly clock: Clock;
    readonly random: Random;
    readonly ids: Ids;
    readonly tenantId: number;
  },
  ruleId: number,
  options: Read<RunOptions> = {},
): Promise<Occurrence> {
  const { requestId = context.ids.next(), force = false } = options;
  const { stores, clock, random, tenantId } = context;
  return stores.transaction(async (tx) => {
    const rule = await getRule(tx, tenantId, ruleId);
    const now = clock.now();
    const timeZone = await zoneOf(tx, rule);
    const plan = { kind: "manual", nominal: requestId, timeZone, dueAt: now, createdAt: now } as const;
    const { created, occurrence } = await tx.occurrences.insert(newOccurrence(rule, plan, random));
    // A repeat of an earlier request gets its occurrence even when the rule has been paused or has ended since.
    if (!created) return occurrence;
    assertActive(rule);
    if (!force) assertValid(rule, localDateOf(now, timeZone));
    await assertRoom(tx, tenantId);
    return occurrence;
  });
}
