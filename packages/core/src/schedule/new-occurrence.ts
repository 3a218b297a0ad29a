import type { Occurrence } from "../delivery/occurrence.js";
import type { NewOccurrence } from "../ports/occurrence-store.js";
import type { Random } from "../random.js";
import type { Rule } from "../rule/rule.js";

/** What tells one occurrence of a rule from another. */
export interface OccurrencePlan extends Pick<Occurrence, "kind" | "nominal" | "timeZone" | "dueAt"> {
  readonly createdAt: number;
  /** @default null: the rule's segment */
  readonly customerIds?: readonly number[];
  /** Why it is skipped from the start. @default null: it is planned */
  readonly skipped?: string | null;
  /** Last moment to begin an attempt, epoch ms. @default what the rule says, after `dueAt` */
  readonly expiresAt?: number;
}

/** A row for an occurrence of a rule as it stands now, with a salt of its own: 128 random bits, hex. */
export function newOccurrence(
  rule: Pick<Rule, "tenantId" | "id" | "version" | "definition">,
  { customerIds = [], skipped = null, expiresAt, ...plan }: OccurrencePlan,
  random: Random,
): NewOccurrence {
  return {
    ...plan,
    tenantId: rule.tenantId,
    ruleId: rule.id,
    ruleVersion: rule.version,
    customerIds: customerIds.length > 0 ? customerIds : null,
    expiresAt: expiresAt ?? plan.dueAt + rule.definition.expireAfterMs,
    salt: Buffer.from(random.bytes(16)).toString("hex"),
    state: skipped === null ? "planned" : "skipped",
    reason: skipped,
  };
}
