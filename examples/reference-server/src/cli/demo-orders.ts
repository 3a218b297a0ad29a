import { readFile } from "node:fs/promises";
import type { KitEvent, RecallKit, Rule, RuleInput, TenantKit } from "@recallkit/core";
import { addDays, instantOf, localDateOf, minorToMajor, weekdayOf } from "@recallkit/core/ports";
import { importFile } from "@recallkit/import";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { CARD_IMAGE, runVirtualPush } from "../sample/index.js";
import { type CommandContext, refusal } from "./command.js";
import { timeZoneOf } from "./database.js";
import type { DemoFlags, DemoResult } from "./demo.js";
import type { ProgressDisplay } from "./progress.js";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Results come for three days, and orders count for seven after a delivery. */
const REPORT_AFTER_MS = 11 * DAY_MS;

/** Imports the file of a demo; every buyer gets a WeCom id, so that somebody can be reached. */
export async function importDemoOrders(
  context: CommandContext,
  parts: {
    readonly kit: TenantKit;
    readonly file: string;
    readonly flags: DemoFlags;
    readonly display: ProgressDisplay;
  },
): Promise<void> {
  const { kit, file, flags, display } = parts;
  const { say } = context;
  const labels = { judge: say("读取文件", "reading"), write: say("写入数据库", "importing") };
  const { inserted, updated, unchanged, customers, amountMinor, currency } = await importFile(
    kit,
    file,
    { kind: "orders" },
    {
      preset: flags.preset,
      timeZone: await timeZoneOf(context, kit, flags.tz),
      externalUserIdPrefix: flags.externalUseridPrefix,
      signal: context.io.signal,
      onProgress: ({ phase, bytes, totalBytes }) => display.show(labels[phase], bytes, totalBytes),
    },
  );
  const revenue = minorToMajor(amountMinor ?? 0, currency);
  display.finish();
  const count = inserted + updated + unchanged;
  const people = customers ? customers.inserted + customers.updated + customers.unchanged : 0;
  if (count === 0) throw refusal("import.nothing-taken", "no row of the file could be imported");
  context.note(
    `  ${say(`${people} 个客户，${count} 个订单，金额 ${revenue}`, `${people} customers, ${count} orders, revenue ${revenue}`)}`,
  );
}

/** One push at 10:00 of the day asked for, to people without an order for so many days. */
export async function pushToLapsed(
  context: CommandContext,
  parts: {
    readonly engine: RecallKit<SqlStores>;
    readonly flags: DemoFlags;
    readonly onEvent: (event: KitEvent) => void;
  },
): Promise<DemoResult> {
  const { engine, flags, onEvent } = parts;
  const zone = await timeZoneOf(context, engine, flags.tz);
  const today = flags.today ?? (await lastUsefulDay(engine, zone));
  const rule = (image: string): RuleInput => ({
    name: `${flags.minDays}–${flags.maxDays} 天未购买用户召回 ${today}`,
    segment: { lapse: { minDays: flags.minDays, maxDays: flags.maxDays } },
    slots: [{ weekday: weekdayOf(today), time: "10:00" }],
    validFrom: today,
    validTo: today,
    timeZone: zone,
    content: {
      text: "好久不见！为老朋友准备了一份心意，点开卡片看看吧。",
      miniProgram: { title: "老朋友专享", image, page: "pages/home/index?from=recall" },
    },
  });
  const startAt = instantOf(today, "10:00", zone) - MINUTE_MS;
  const {
    rule: made,
    occurrence,
    report,
  } = await runVirtualPush({
    stores: engine.stores,
    tenantId: engine.tenantId,
    startAt,
    reportAt: startAt + REPORT_AFTER_MS,
    prepare: async (kit) => findOrCreate(engine.stores, kit, rule(await kit.media.put(await readFile(CARD_IMAGE)))),
    onEvent,
    signal: context.io.signal,
  });
  return { ruleName: made.name, occurrenceId: occurrence?.id ?? null, state: occurrence?.state ?? null, report };
}

async function findOrCreate(stores: SqlStores, kit: TenantKit, input: RuleInput): Promise<Rule> {
  return (await stores.rules.findByName(kit.tenantId, input.name)) ?? kit.rules.create(input);
}

/** The last day whose push still has its seven days of orders in the data. */
async function lastUsefulDay(kit: TenantKit, zone: string): Promise<string> {
  const { maxOrderAt } = await kit.tenant();
  return addDays(localDateOf(maxOrderAt ?? 0, zone), -8);
}
