import * as z from "zod";
import { contactMessage } from "../contact/contact-moment.js";
import { openingAt } from "../contact/quiet-hours.js";
import type { EngineContext } from "../engine/engine-context.js";
import { NotFoundError } from "../errors.js";
import type { RuleId } from "../id.js";
import { idSchema } from "../input.js";
import { LANGUAGES, type Language, type Sentence } from "../language.js";
import { DEFAULT_TIME_ZONE, localMinuteOf } from "../local-time.js";
import type { Rule } from "../rule/rule.js";
import { nextSlot, type SlotTime, slotsBetween } from "../rule/slots.js";

/** A fact about a slot that is to come. */
export interface UpcomingNote {
  /** `rule.paused`, `channel.missing`: it will not go out as things are; `quiet-hours.waits`: it goes out later. */
  readonly code: "rule.paused" | "channel.missing" | "quiet-hours.waits";
  /** The same as a sentence. */
  readonly sentence: string;
}

/** A slot that is to come. */
export interface UpcomingSlot extends SlotTime {
  /** The rule that fires. */
  readonly ruleId: RuleId;
  /** Its name. */
  readonly ruleName: string;
  /** IANA zone of `nominal`. */
  readonly timeZone: string;
  /** Name of the channel that carries it. */
  readonly channel: string;
  /** Why nothing would go out, as things are. */
  readonly holds: readonly UpcomingNote[];
  /** What a reader should know beside. */
  readonly warnings: readonly UpcomingNote[];
}

/** What is asked of the slots to come. */
export interface UpcomingOptions {
  /** Only those of this rule. @default of all rules */
  readonly ruleId?: RuleId | null | undefined;
  /** How many, 1 … 200. @default 10 */
  readonly count?: number | null | undefined;
  /** Language of the sentences. @default "zh" */
  readonly language?: Language | null | undefined;
}

export const upcomingOptionsSchema = z.strictObject({
  ruleId: idSchema.optional(),
  count: z.int().min(1).max(200).optional(),
  language: z.enum(LANGUAGES).optional(),
} satisfies Record<keyof UpcomingOptions, z.ZodType>);

const RULES_PER_PAGE = 200;
const DAY_MS = 86_400_000;

/**
 * The slots that fire next, by instant; of rules that are paused too, since they would. Rules are read in pages; memory holds
 * `count` slots.
 *
 * @throws {NotFoundError} `rule.not-found`
 */
export async function upcomingSlots(
  context: EngineContext,
  tenantId: number,
  {
    ruleId,
    count = 10,
    language = "zh",
  }: { readonly ruleId?: number; readonly count?: number; readonly language?: Language } = {},
): Promise<readonly UpcomingSlot[]> {
  const { stores, clock } = context;
  const tenantZone = (await stores.tenants.get(tenantId))?.timeZone ?? DEFAULT_TIME_ZONE;
  const channels = new Set((await context.channels(tenantId)).map(({ name }) => name));
  const now = clock.now();
  let first: readonly { readonly rule: Rule; readonly slot: SlotTime }[] = [];
  for await (const rules of pagesOf(context, tenantId, ruleId)) {
    const more = rules.flatMap((rule) => {
      const zone = rule.definition.timeZone ?? tenantZone;
      return nextSlots(rule, zone, now, count).map((slot) => ({ rule, slot }));
    });
    first = [...first, ...more].sort((a, b) => a.slot.dueAt - b.slot.dueAt || a.rule.id - b.rule.id).slice(0, count);
  }
  const windows = new Map<number, Awaited<ReturnType<typeof contactMessage>>>();
  const told: UpcomingSlot[] = [];
  for (const { rule, slot } of first) {
    const { definition } = rule;
    const timeZone = definition.timeZone ?? tenantZone;
    const known =
      windows.get(rule.id) ??
      (await contactMessage(context, definition, { name: definition.channel }, { tenantId, kind: "slot", timeZone }));
    windows.set(rule.id, known);
    const holds: [UpcomingNote["code"], Sentence][] = [];
    if (rule.status === "paused")
      holds.push(["rule.paused", { zh: "规则已暂停，不会执行", en: "the rule is paused, nothing goes out" }]);
    if (!channels.has(definition.channel))
      holds.push([
        "channel.missing",
        { zh: `渠道 ${definition.channel} 未配置`, en: `the channel ${definition.channel} is not configured` },
      ]);
    const opens = known.window ? openingAt(known.window, timeZone, slot.dueAt) : slot.dueAt;
    const until = localMinuteOf(opens, timeZone).replace("T", " ");
    const warnings: [UpcomingNote["code"], Sentence][] =
      opens === slot.dueAt
        ? []
        : [
            [
              "quiet-hours.waits",
              { zh: `不在允许时段内，等到 ${until}`, en: `outside the permitted hours, waits until ${until}` },
            ],
          ];
    const notes = (list: readonly [UpcomingNote["code"], Sentence][]) =>
      list.map(([code, sentence]) => ({ code, sentence: sentence[language] }));
    told.push({
      ...slot,
      ruleId: rule.id,
      ruleName: rule.name,
      timeZone,
      channel: definition.channel,
      holds: notes(holds),
      warnings: notes(warnings),
    });
  }
  return told;
}

async function* pagesOf(
  { stores }: Pick<EngineContext, "stores">,
  tenantId: number,
  ruleId: number | undefined,
): AsyncGenerator<readonly Rule[]> {
  if (ruleId !== undefined) {
    const rule = await stores.rules.get(tenantId, ruleId);
    if (!rule || rule.deletedAt !== null) throw new NotFoundError("rule.not-found", `no rule ${ruleId}`);
    yield [rule];
    return;
  }
  let after: { readonly at: number; readonly id: number } | null = null;
  for (;;) {
    const page: readonly Rule[] = await stores.rules.after(tenantId, {}, after, RULES_PER_PAGE);
    yield page;
    const last = page.at(-1);
    if (!last || page.length < RULES_PER_PAGE) return;
    after = { at: last.createdAt, id: last.id };
  }
}

/** The next slots of a rule; weeks without any are stepped over. */
function nextSlots({ definition }: Rule, zone: string, now: number, count: number): readonly SlotTime[] {
  const found: SlotTime[] = [];
  for (let after = now; found.length < count; ) {
    const next = nextSlot(definition, zone, after);
    if (next === null) break;
    const week = slotsBetween(definition, zone, next - 1, next + 7 * DAY_MS);
    found.push(...week);
    after = Math.max(next, ...week.map(({ dueAt }) => dueAt));
  }
  return found.slice(0, count);
}
