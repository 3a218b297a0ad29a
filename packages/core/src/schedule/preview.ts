import * as z from "zod";
import { type AudienceOptions, type AudienceSource, audienceOptionsSchema } from "../audience/audience-source.js";
import { type CompileContext, compileSegment } from "../audience/compile-segment.js";
import type { Segment } from "../audience/segment.js";
import { type ContactMessage, contactMessage } from "../contact/contact-moment.js";
import { openingAt } from "../contact/quiet-hours.js";
import { budgetPeriods, type MessageCost } from "../contact/spend-limit.js";
import { costOf } from "../delivery/spend.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { InputIssue } from "../errors.js";
import { listenerSchema } from "../input.js";
import type { Read } from "../instant.js";
import { DEFAULT_TIME_ZONE, localDateOf, localMinuteOf } from "../local-time.js";
import type { Channel } from "../ports/channel.js";
import { contentSchema } from "../rule/content.js";
import { contactPartsOf, ruleDefinitionSchema } from "../rule/rule.js";
import { nextSlot } from "../rule/slots.js";
import { withoutNulls, withoutNullsDeep } from "../without-nulls.js";
import { type ForeseenPerson, foresee, type NotContacted } from "./foresee.js";

/** Facts known before sending that a person should read. */
export interface PreviewWarning {
  /** What is odd. */
  readonly code:
    | "attribute.unknown"
    | "label.unknown"
    | "customer.unknown"
    | "segment.channel-unknown"
    | "content.no-marker"
    | "content.obstacle"
    | "channel.missing"
    | "audience.empty"
    | "rule.never-fires"
    | "quiet-hours.waits"
    | "spend.limit";
  /** The same as a sentence. */
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
const contentPart = z.object({ content: contentSchema });
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

/** Warns of slots outside of permitted hours, or of an order that would wait for them. */
function warningsOfHours(
  source: AudienceSource,
  { window, timeZone }: Pick<ContactMessage, "window" | "timeZone">,
  dueAt: number,
): readonly PreviewWarning[] {
  if (!window) return [];
  const parts = "definition" in source ? source.definition : source;
  const { data } = scheduleSchema.safeParse(withoutNulls({ ...parts }));
  const outside = [...new Set(data?.slots.map(({ time }) => time) ?? [])].filter(
    (time) => time < window.from || time >= window.to,
  );
  const hours = `the permitted hours ${window.from}–${window.to}`;
  const code = "quiet-hours.waits";
  if (outside.length > 0) {
    const what = outside.length > 1 ? `the slots ${outside.join(", ")} lie` : `the slot ${outside[0]} lies`;
    return [{ code, message: `${what} outside ${hours}; it waits until ${window.from}`, detail: outside.join(", ") }];
  }
  const opens = openingAt(window, timeZone, dueAt);
  if (opens === dueAt || (data && data.slots.length > 0)) return [];
  const until = localMinuteOf(opens, timeZone);
  return [{ code, message: `now lies outside ${hours}; it waits until ${until}`, detail: until }];
}

/** Warns of messages that would cost more than is left of a budget. */
async function warningsOfBudget(
  { stores }: Pick<EngineContext, "stores">,
  tenantId: number,
  channel: string,
  { spendLimit }: Pick<ContactMessage, "spendLimit">,
  cost: MessageCost | null,
  dueAt: number,
): Promise<readonly PreviewWarning[]> {
  if (!spendLimit || !cost) return [];
  const zone = (await stores.tenants.get(tenantId))?.timeZone ?? DEFAULT_TIME_ZONE;
  const periods = budgetPeriods(spendLimit, zone, dueAt);
  const sums = await stores.spend.sums(
    tenantId,
    channel,
    periods.map(({ name }) => name),
  );
  return periods.flatMap(({ name, limit }): PreviewWarning[] => {
    if (limit === null) return [];
    const left = Math.max(0, limit - (sums.find(({ period }) => period === name)?.amountMinor ?? 0));
    if (cost.amountMinor <= left) return [];
    const message = `the messages cost about ${cost.amountMinor} minor units, and ${left} are left for ${name}; the others wait`;
    return [{ code: "spend.limit", message, detail: name }];
  });
}

/** What messages to so many people cost, with shared variables left as they were written. */
function costOfPeople(source: AudienceSource, channel: Pick<Channel, "costOf">, people: number): MessageCost | null {
  const { data } = contentPart.safeParse("definition" in source ? source.definition : source);
  const one = data && costOf(channel, data.content);
  return one ? { units: one.units * people, amountMinor: one.amountMinor * people } : null;
}

/** Who of an audience would be contacted, were it pushed at the instant. */
export interface ContactPreview {
  /** Members asked about; fewer than `count` when `people` ended it. */
  readonly asked: number;
  /** Of those, people who would get the message. */
  readonly contacted: number;
  /** Of those, people who would not. */
  readonly reasons: NotContacted;
  /**
   * What the messages to `contacted` people would cost, by the content before anything personal is filled in; null where the
   * channel tells no prices, or there is no content.
   */
  readonly cost: MessageCost | null;
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
  channel: Pick<Channel, "name" | "addressType" | "personal" | "maxBatchSize" | "costOf" | "receiveQuota">,
  { people = USUAL_PEOPLE, onPerson, signal }: Read<PreviewOptions> = {},
): Promise<{ readonly contact: ContactPreview; readonly warnings: readonly PreviewWarning[] }> {
  const { tenantId, timeZone, asOf } = audience;
  const { messageClass, caps, ...pace } = contactPartsOf(
    withoutNullsDeep("definition" in source ? source.definition : source) as object,
  );
  const { query } = await compileSegment(segment, audience, context.stores);
  const message = await contactMessage(context, { messageClass, caps }, channel, {
    tenantId,
    kind: "manual",
    timeZone,
  });
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
  const cost = costOfPeople(source, channel, contacted);
  const warnings = [
    ...warningsOfHours(source, message, dueAt),
    ...(await warningsOfBudget(context, tenantId, channel.name, message, cost, dueAt)),
  ];
  return { contact: { asked, contacted, reasons, cost }, warnings };
}
