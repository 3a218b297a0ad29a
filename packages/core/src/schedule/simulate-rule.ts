import { z } from "zod";
import { compileSegment } from "../audience/compile-segment.js";
import { capPolicy, isOverCaps } from "../contact/frequency-cap.js";
import { SUPPRESSED_REASONS, suppressedReason } from "../contact/suppression.js";
import type { EngineContext } from "../engine/engine-context.js";
import { ConflictError } from "../errors.js";
import { listenerSchema, signalSchema } from "../input.js";
import type { Channel } from "../ports/channel.js";
import type { CapPolicy, MemberOutlook } from "../ports/delivery-store.js";
import type { Rule, RuleDefinition } from "../rule/rule.js";
import { type SlotTime, slotsBetween } from "../rule/slots.js";
import { zoneOf } from "../rule/zone.js";

const DAY_MS = 86_400_000;
const PEOPLE = 1000;
const SAMPLE = 10;

/** What a rule would do to one person at one slot. */
export interface SimulatedPerson {
  readonly customerKey: string;
  /** Null: contacted; else why not, as a delivery's reason. */
  readonly reason: string | null;
  /** Number of the batch, from 1; null for people who come into none. */
  readonly batch: number | null;
}

/** What a rule would do at one slot. */
export interface SimulatedSlot {
  /** `YYYY-MM-DDTHH:mm` in the rule's zone. */
  readonly nominal: string;
  /** Epoch ms. */
  readonly dueAt: number;
  /** Why nothing would be done; null: something would. */
  readonly skipped: "paused" | "overlap" | null;
  readonly audience: number;
  readonly contacted: number;
  /** People who would not be contacted, by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** When each batch would go out, epoch ms, and to how many; batches that nobody is left in are passed over. */
  readonly batches: readonly { readonly number: number; readonly at: number; readonly people: number }[];
  /** The first people, at most 10. */
  readonly sample: readonly SimulatedPerson[];
}

export interface SimulateOptions {
  /** How far to look ahead, 1 … 31. @default 7 */
  readonly days?: number;
  /** Is told of everybody, slot by slot, by customer id. */
  readonly onPerson?: (slot: SlotTime, person: SimulatedPerson) => void;
  readonly signal?: AbortSignal;
}

export const simulateOptionsSchema = z.strictObject({
  days: z.int().min(1).max(31).optional(),
  onPerson: listenerSchema.optional(),
  signal: signalSchema.optional(),
} satisfies Record<keyof SimulateOptions, z.ZodType>);

/**
 * Runs a rule ahead of time: who would be contacted when, and why others would not. Writes and sends nothing.
 *
 * It is what the engine would do if nothing else happened until then: no new orders, no other pushes, a provider that takes
 * everybody, workers in time. Memory grows by the instants of the people contacted, about 100 bytes each.
 *
 * @throws {ConflictError} `channel.missing`
 */
export async function simulateRule(
  context: EngineContext,
  rule: Pick<Rule, "tenantId" | "definition" | "status">,
  { days = 7, onPerson, signal }: SimulateOptions = {},
): Promise<readonly SimulatedSlot[]> {
  const { definition, status, tenantId } = rule;
  const channel = await context.channel(tenantId, definition.channel);
  if (!channel) throw new ConflictError("channel.missing", `no channel named ${definition.channel}`);
  const timeZone = await zoneOf(context.stores, rule);
  const now = context.clock.now();
  const run = { context, tenantId, definition, channel, timeZone, charged: new Map<number, number[]>(), signal };
  const slots: SimulatedSlot[] = [];
  let lastBatchAt = Number.NEGATIVE_INFINITY;
  for (const slot of slotsBetween(definition, timeZone, now, now + days * DAY_MS)) {
    const overlaps = definition.overlap === "skip" && lastBatchAt >= slot.dueAt;
    const skipped = status === "paused" ? "paused" : overlaps ? "overlap" : null;
    if (skipped) {
      slots.push({ ...slot, skipped, audience: 0, contacted: 0, reasons: {}, batches: [], sample: [] });
      continue;
    }
    const tally = newTally(slot);
    await walk(run, slot, (person, at) => {
      onPerson?.(slot, person);
      tally.add(person, at);
    });
    slots.push(tally.result());
    lastBatchAt = Math.max(lastBatchAt, tally.lastBatchAt());
  }
  return slots;
}

interface Run {
  readonly context: EngineContext;
  readonly tenantId: number;
  readonly definition: RuleDefinition;
  readonly channel: Channel;
  readonly timeZone: string;
  /** When people would have been contacted at the slots before, by customer. */
  readonly charged: Map<number, number[]>;
  readonly signal: AbortSignal | undefined;
}

/** Meets the members of a slot in the order in which batches take them. */
async function walk(run: Run, slot: SlotTime, meet: (person: SimulatedPerson, at: number) => void): Promise<void> {
  const { context, tenantId, definition, channel, timeZone, charged } = run;
  const { stores, statuses, caps } = context;
  const expiresAt = slot.dueAt + definition.expireAfterMs;
  const policyAt = (now: number) => capPolicy(context, definition, { timeZone, kind: "slot" }, now);
  const { query } = await compileSegment(
    definition.segment,
    { tenantId, timeZone, asOf: slot.dueAt, statuses },
    stores.labels,
  );
  const earliest = slot.dueAt - Math.max(7 * DAY_MS, (caps?.minGapHours ?? 0) * 3_600_000);
  const page = { tenantId, channel: channel.name, addressType: channel.addressType, query, limit: PEOPLE };
  let policy: { readonly at: number; readonly caps: CapPolicy | null } | undefined;
  for (let afterId = 0, seated = 0; ; ) {
    run.signal?.throwIfAborted();
    const members = await stores.deliveries.outlook({ ...page, afterId, chargesSince: earliest });
    for (const member of members) {
      const batch = Math.floor(seated / channel.maxBatchSize) + 1;
      const at = slot.dueAt + (batch - 1) * definition.batchPauseMs;
      const { customerId, customerKey, address } = member;
      if (address === null) {
        meet({ customerKey, reason: "no_address", batch: null }, at);
        continue;
      }
      seated += 1;
      if (policy?.at !== at) policy = { at, caps: policyAt(at) };
      const before = charged.get(customerId) ?? [];
      const reason = at >= expiresAt ? "expired" : reasonFor(member, before, policy.caps);
      if (reason === null) charged.set(customerId, [...before, at]);
      meet({ customerKey, reason, batch }, at);
    }
    const last = members.at(-1);
    if (!last || members.length < PEOPLE) return;
    afterId = last.customerId;
  }
}

/** Why a person who is in a batch would leave it, in the order in which the engine asks. */
function reasonFor(
  { suppressions, charges }: MemberOutlook,
  before: readonly number[],
  policy: CapPolicy | null,
): string | null {
  const known = suppressions.map(suppressedReason);
  const suppressed = SUPPRESSED_REASONS.find((reason) => known.includes(reason));
  if (suppressed) return suppressed;
  return policy && isOverCaps([...charges, ...before], policy) ? "frequency_cap" : null;
}

function newTally(slot: SlotTime) {
  const reasons: Record<string, number> = {};
  const batches = new Map<number, { at: number; people: number }>();
  const sample: SimulatedPerson[] = [];
  let audience = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    add(person: SimulatedPerson, at: number) {
      const { reason, batch } = person;
      audience += 1;
      if (sample.length < SAMPLE) sample.push(person);
      if (batch !== null) lastAt = at;
      if (reason !== null) reasons[reason] = (reasons[reason] ?? 0) + 1;
      else if (batch !== null) batches.set(batch, { at, people: (batches.get(batch)?.people ?? 0) + 1 });
    },
    lastBatchAt: () => lastAt,
    result(): SimulatedSlot {
      const list = [...batches].map(([number, one]) => ({ number, ...one }));
      const contacted = list.reduce((sum, { people }) => sum + people, 0);
      return { ...slot, skipped: null, audience, contacted, reasons, batches: list, sample };
    },
  };
}
