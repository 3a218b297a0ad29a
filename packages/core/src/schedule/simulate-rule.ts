import * as z from "zod";
import { compileSegment } from "../audience/compile-segment.js";
import { contactMessage } from "../contact/contact-moment.js";
import { countedStatusesOf } from "../engine/counted-statuses.js";
import type { EngineContext } from "../engine/engine-context.js";
import { ConflictError } from "../errors.js";
import { listenerSchema, signalSchema } from "../input.js";
import type { Read } from "../instant.js";
import type { Rule } from "../rule/rule.js";
import { type SlotTime, slotsBetween } from "../rule/slots.js";
import { zoneOf } from "../rule/zone.js";
import { type ForeseenPerson, foresee, type NotContacted } from "./foresee.js";

const DAY_MS = 86_400_000;
const SAMPLE = 10;

/** What a rule would do to one person at one slot. */
export type SimulatedPerson = ForeseenPerson;

/** What a rule would do at one slot. */
export interface SimulatedSlot {
  /** `YYYY-MM-DDTHH:mm` in the rule's zone. */
  readonly nominal: string;
  /** Epoch ms. */
  readonly dueAt: number;
  /** Why nothing would be done; null: something would. */
  readonly skipped: "paused" | "overlap" | null;
  /** How many people the segment finds then. */
  readonly audience: number;
  /** How many of them would be contacted. */
  readonly contacted: number;
  /** People who would not be contacted, by reason. */
  readonly reasons: NotContacted;
  /**
   * When each batch would go out, epoch ms, and to how many; batches that nobody is left in are passed
   * over. People who wait for permitted hours stand at their instant, under the number of the batch that they leave.
   */
  readonly batches: readonly { readonly number: number; readonly at: number; readonly people: number }[];
  /** The first people, at most 10. */
  readonly sample: readonly SimulatedPerson[];
}

/** How a rule is run ahead of time. */
export interface SimulateOptions {
  /** How far to look ahead, days, 1 … 31. @default 7 */
  readonly days?: number | null | undefined;
  /** Is told of everybody, slot by slot, by customer id. @default nobody is told */
  readonly onPerson?: ((slot: SlotTime, person: SimulatedPerson) => void) | null | undefined;
  /** Ends a long call with its reason. @default none */
  readonly signal?: AbortSignal | null | undefined;
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
 * everybody, workers in time. Memory grows by about 100 bytes for everybody who is looked at.
 *
 * @throws {ConflictError} `channel.missing`
 */
export async function simulateRule(
  context: EngineContext,
  rule: Pick<Rule, "tenantId" | "definition" | "status">,
  { days = 7, onPerson, signal }: Read<SimulateOptions> = {},
): Promise<readonly SimulatedSlot[]> {
  const { definition, status, tenantId } = rule;
  const channel = await context.channel(tenantId, definition.channel);
  if (!channel) throw new ConflictError("channel.missing", `no channel named ${definition.channel}`);
  const timeZone = await zoneOf(context.stores, rule);
  const statuses = await countedStatusesOf(context, tenantId);
  const now = context.clock.now();
  const message = await contactMessage(context, definition, channel, { tenantId, kind: "slot", timeZone });
  const plan = { channel, message, pace: definition, charged: new Map<number, readonly number[]>(), signal };
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
    const addressTypeOf = async (name: string) => (await context.channel(tenantId, name))?.addressType;
    const orders = { tenantId, timeZone, asOf: slot.dueAt, statuses, addressTypeOf };
    const { query } = await compileSegment(definition.segment, orders, context.stores);
    await foresee(context.stores, { ...plan, query, dueAt: slot.dueAt }, (person, at) => {
      onPerson?.(slot, person);
      tally.add(person, at);
    });
    slots.push(tally.result());
    lastBatchAt = Math.max(lastBatchAt, tally.lastBatchAt());
  }
  return slots;
}

function newTally(slot: SlotTime) {
  const reasons: Partial<Record<keyof NotContacted, number>> = {};
  const batches = new Map<string, { number: number; at: number; people: number }>();
  const sample: SimulatedPerson[] = [];
  let audience = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    add(person: SimulatedPerson, at: number) {
      const { reason, batch } = person;
      audience += 1;
      if (sample.length < SAMPLE) sample.push(person);
      if (batch !== null) lastAt = Math.max(lastAt, at);
      if (reason !== null) reasons[reason] = (reasons[reason] ?? 0) + 1;
      else if (batch !== null) {
        const key = `${batch} ${at}`;
        batches.set(key, { number: batch, at, people: (batches.get(key)?.people ?? 0) + 1 });
      }
    },
    lastBatchAt: () => lastAt,
    result(): SimulatedSlot {
      const list = [...batches.values()].sort((a, b) => a.number - b.number || a.at - b.at);
      const contacted = list.reduce((sum, { people }) => sum + people, 0);
      return { ...slot, skipped: null, audience, contacted, reasons, batches: list, sample };
    },
  };
}
