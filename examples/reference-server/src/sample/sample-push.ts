import { readFile } from "node:fs/promises";
import type { KitEvent, Logger, OccurrenceState, Report, Rule, RuleInput, TenantKit } from "@recallkit/core";
import {
  addDays,
  BOOTSTRAP_TENANT_ID,
  instantOf,
  type LocalDate,
  localDateOf,
  type Stores,
  weekdayOf,
} from "@recallkit/core/ports";
import { PUSH_DAYS_AGO } from "./generate-shop.js";
import { runVirtualPush } from "./virtual-push.js";

/** Name of the rule that the sample push belongs to. */
export const SAMPLE_RULE_NAME = "示例：45天未购买用户召回";

const MINUTE = 60_000;
/** Picture of the cards of sample and demo pushes. */
export const CARD_IMAGE = new URL("../../sample/recall-card.png", import.meta.url);

export interface SamplePushOptions {
  readonly stores: Stores;
  /** The push happens at 10:00, eight local days before this instant; the report counts orders up to it. Epoch ms. */
  readonly now: number;
  /** @default the bootstrap tenant */
  readonly tenantId?: number;
  /** Told in one line for people, Chinese and English. */
  readonly onProgress?: (note: string) => void;
  /** @default silent */
  readonly logger?: Logger;
  readonly signal?: AbortSignal;
}

/** What the sample push did. */
export interface SamplePushSummary {
  readonly ruleId: number;
  readonly ruleName: string;
  readonly occurrenceId: number | null;
  readonly state: OccurrenceState | null;
  readonly report: Report;
}

/**
 * Runs one push over the sample shop from its rule to its conversions: a real slot, real batches, WeCom's protocol over HTTP, staff of
 * whom some confirm. When it has been run before, it tells how that one stands; one that was cut short is finished.
 *
 * Nothing else may work on the stores meanwhile.
 */
export async function runSamplePush(options: SamplePushOptions): Promise<SamplePushSummary> {
  const { stores, now, tenantId = BOOTSTRAP_TENANT_ID, onProgress, logger, signal } = options;
  const known = await stores.rules.findByName(tenantId, SAMPLE_RULE_NAME);
  const { timeZone } = (await stores.tenants.get(tenantId)) ?? { timeZone: "Asia/Shanghai" };
  const day = known?.definition.validFrom ?? addDays(localDateOf(now, timeZone), -PUSH_DAYS_AGO);
  const { rule, occurrence, report } = await runVirtualPush({
    stores,
    tenantId,
    startAt: instantOf(day, "10:00", timeZone) - MINUTE,
    prepare: async (kit) => known ?? createSampleRule(kit, day),
    reportAt: now,
    logger,
    signal,
    onEvent: eventNotes(onProgress),
  });
  const { id: ruleId, name: ruleName } = rule;
  return { ruleId, ruleName, occurrenceId: occurrence?.id ?? null, state: occurrence?.state ?? null, report };
}

/** The rule: one slot on one day, so that it never fires again by itself, whatever account the installation gets later. */
async function createSampleRule(kit: TenantKit, day: LocalDate): Promise<Rule> {
  return kit.rules.create(sampleRule(await kit.media.put(await readFile(CARD_IMAGE)), day));
}

function sampleRule(image: string, day: LocalDate): RuleInput {
  return {
    name: SAMPLE_RULE_NAME,
    segment: {
      lapse: { minDays: 30, maxDays: 45 },
      labels: { city: ["上海", "北京", "苏州"], brand: ["蓝氏", "皇家", "渴望"], category: ["2001", "2002"] },
    },
    slots: [{ weekday: weekdayOf(day), time: "10:00" }],
    validFrom: day,
    validTo: day,
    content: {
      text: "喵～主人，猫砂告急，粮仓见底啦！好久没来逛逛，为你留了一张老朋友专享券，点开卡片就能领。",
      miniProgram: { title: "宠本本老朋友专场", image, page: "pages/home/feature/index?alias=recall" },
    },
    expireAfterMs: 7 * 86_400_000,
  };
}

/** Hears events and tells each piece of news once, in one line for people, Chinese and English. */
export function eventNotes(tell: ((note: string) => void) | undefined): (event: KitEvent) => void {
  let last = "";
  return (event) => {
    const note = noteOf(event);
    if (note !== last) tell?.(note);
    last = note;
  };
}

function noteOf(event: KitEvent): string {
  switch (event.type) {
    case "occurrence":
      return `触发 #${event.occurrenceId} ${event.state} · occurrence ${event.state}`;
    case "snapshot":
      return `圈定人群 ${event.people} 人 · audience of ${event.people}`;
    case "batch":
      return `批次 ${event.number} ${event.state} · batch ${event.number} ${event.state}`;
    case "results":
      return event.waiting > 0
        ? `等待员工确认 ${event.waiting} 人 · ${event.waiting} wait for staff`
        : "送达结果已齐 · all results are in";
  }
}
