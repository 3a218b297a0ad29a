import * as z from "zod";
import { type AudienceOptions, type AudienceSource, audienceOptionsSchema } from "../audience/audience-source.js";
import { type CompileContext, compileSegment } from "../audience/compile-segment.js";
import type { Segment } from "../audience/segment.js";
import { contactMessage } from "../contact/contact-moment.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { InputIssue } from "../errors.js";
import { listenerSchema } from "../input.js";
import type { Read } from "../instant.js";
import { localDateOf } from "../local-time.js";
import type { Channel } from "../ports/channel.js";
import { contactPartsOf, ruleDefinitionSchema } from "../rule/rule.js";
import { nextSlot } from "../rule/slots.js";
import { withoutNulls, withoutNullsDeep } from "../without-nulls.js";
import { type ForeseenPerson, foresee, type NotContacted } from "./foresee.js";

/** Facts known before sending that a person should read. */
export interface PreviewWarning {
  readonly code:
    | "label.unknown"
    | "content.no-marker"
    | "content.obstacle"
    | "channel.missing"
    | "audience.empty"
    | "rule.never-fires";
  readonly message: string;
  /** What it is about, for example the labels that are unknown. */
  readonly detail?: string;
  /** Of `content.obstacle`: what would keep the content from going out, by its own code and path. */
  readonly obstacle?: InputIssue;
}

const MOST_PEOPLE = 1_000_000;
const USUAL_PEOPLE = 10_000;

/** How a preview is taken. */
export interface PreviewOptions extends AudienceOptions {
  /**
   * How many members, by customer id, are asked about one by one; 0: nobody, and the answer is counts alone.
   * 0 … 1 000 000. @default 10 000
   */
  readonly people?: number | null | undefined;
  /** Is told of everybody who is asked about, by customer id. @default nobody is told */
  readonly onPerson?: ((person: ForeseenPerson) => void) | null | undefined;
}

export const previewOptionsSchema = audienceOptionsSchema.extend({
  people: z.int().min(0).max(MOST_PEOPLE).optional(),
  onPerson: listenerSchema.optional(),
} satisfies Record<Exclude<keyof PreviewOptions, keyof AudienceOptions>, z.ZodType>);

const { slots, validFrom, validTo } = ruleDefinitionSchema.shape;
const scheduleSchema = z.object({ slots, validFrom, validTo });

/**
 * Warns of a rule that will not fire any more: it is over, or what is left of its validity holds none of its slots. A rule
 * without slots is run by hand until it is over. A source without days, or with wrong ones, is not judged.
 */
export function warningsOfSchedule(source: AudienceSource, zone: string, now: number): readonly PreviewWarning[] {
  const parts = "definition" in source ? source.definition : source;
  const { data: schedule } = scheduleSchema.safeParse(withoutNulls({ ...parts }));
  if (!schedule) return [];
  const fires =
    schedule.slots.length > 0 ? nextSlot(schedule, zone, now) !== null : localDateOf(now, zone) <= schedule.validTo;
  if (fires) return [];
  const message = `the days up to ${schedule.validTo} are over, or hold none of the slots any more; it will not fire`;
  return [{ code: "rule.never-fires", message, detail: schedule.validTo }];
}

/** Who of an audience would be contacted, were it pushed at the instant. */
export interface ContactPreview {
  /** Members asked about; fewer than `count` when `people` ended it. */
  readonly asked: number;
  /** Of those, people who would get the message. */
  readonly contacted: number;
  /** Of those, people who would not. */
  readonly reasons: NotContacted;
}

/**
 * Asks the gates of the contact policy about the first members of an audience, as a push ordered at `asOf` would, or now
 * when that is later: who may be contacted can't be told of the past.
 */
export async function previewContact(
  context: EngineContext,
  source: AudienceSource,
  segment: Segment,
  audience: CompileContext,
  channel: Pick<Channel, "name" | "addressType" | "personal" | "maxBatchSize">,
  { people = USUAL_PEOPLE, onPerson, signal }: Read<PreviewOptions> = {},
): Promise<ContactPreview> {
  const { tenantId, timeZone, asOf } = audience;
  const { messageClass, caps, ...pace } = contactPartsOf(
    withoutNullsDeep("definition" in source ? source.definition : source) as object,
  );
  const { query } = await compileSegment(segment, audience, context.stores.labels);
  const message = await contactMessage(
    context,
    { messageClass, caps, channel: channel.name },
    { tenantId, kind: "manual", timeZone },
  );
  const dueAt = Math.max(asOf, context.clock.now());
  const reasons: Partial<Record<keyof NotContacted, number>> = {};
  let asked = 0;
  let contacted = 0;
  const push = { query, channel, message, pace, dueAt, charged: new Map(), people, signal };
  await foresee(context.stores, push, (person) => {
    onPerson?.(person);
    asked += 1;
    if (person.reason === null) contacted += 1;
    else reasons[person.reason] = (reasons[person.reason] ?? 0) + 1;
  });
  return { asked, contacted, reasons };
}
