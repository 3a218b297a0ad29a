import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, type RecallKit, type Report, systemClock } from "@recallkit/core";
import { BOOTSTRAP_TENANT_ID, isLocalDate } from "@recallkit/core/ports";
import { PRESETS, type PresetName } from "@recallkit/import";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { Option } from "commander";
import { eventNotes, loadSampleShop, runSamplePush } from "../sample/index.js";
import { type AddCommand, type CommandContext, checkedText, wholeNumber } from "./command.js";
import { openStores } from "./database.js";
import { importDemoOrders, pushToLapsed } from "./demo-orders.js";
import { type ProgressDisplay, progressDisplay } from "./progress.js";
import { reportJson, reportTable } from "./report-table.js";
import { timeZone } from "./time-zone.js";

/** Options of `demo`, as commander reads them. */
export interface DemoFlags {
  readonly orders?: string;
  readonly preset?: PresetName;
  readonly today?: string;
  readonly tz?: string;
  readonly minDays: number;
  readonly maxDays: number;
  readonly externalUseridPrefix: string;
}

/** What a demo brought. */
export interface DemoResult {
  readonly ruleName: string;
  readonly occurrenceId: number | null;
  readonly state: string | null;
  readonly report: Report;
}

/** `demo`: one push all the way, against the simulator. */
export const addDemo: AddCommand = (program, { say, action }) => {
  const days = wholeNumber(0, 3650);
  program
    .command("demo")
    .description(
      say(
        "在模拟器上完整演示一次推送（默认使用示例店铺和临时数据库）",
        "one whole push against the simulator (default: sample shop, temporary database)",
      ),
    )
    .option("--orders <file>", say("改用这个订单文件", "a file of orders instead of the sample shop"))
    .addOption(new Option("--preset <name>", say("订单文件的格式", "layout of that file")).choices(PRESETS))
    .option(
      "--today <date>",
      say("假设今天是这一天", "the day on which the push happens"),
      checkedText(isLocalDate, "a day, YYYY-MM-DD,"),
    )
    .option("--tz <zone>", say("时区（默认商户时区）", "zone (default: the tenant's)"), timeZone)
    .option("--min-days <days>", say("至少多少天未购", "at least so many days without an order"), days, 30)
    .option("--max-days <days>", say("至多多少天未购", "at most so many days without an order"), days, 90)
    .option("--external-userid-prefix <text>", say("生成企微 id 的前缀", "makes WeCom ids of customer keys"), "wm_")
    .action(action((context, flags: DemoFlags) => demo(context, flags)));
};

async function demo(context: CommandContext, flags: DemoFlags): Promise<void> {
  await withDemoStores(context, async (stores) => {
    const engine = createRecallKit({ stores, logger: context.logger });
    const display = progressDisplay(context.io);
    const result = await runDemo(context, { engine, flags, display }).finally(display.stop);
    const { ruleName, occurrenceId, state, report } = result;
    context.answer({ rule_name: ruleName, occurrence_id: occurrenceId, state, ...reportJson(report) }, () =>
      reportTable(ruleName, report, context.say),
    );
  });
}

async function runDemo(
  context: CommandContext,
  {
    engine,
    flags,
    display,
  }: { readonly engine: RecallKit<SqlStores>; readonly flags: DemoFlags; readonly display: ProgressDisplay },
): Promise<DemoResult> {
  const { say, note, io } = context;
  const tell = eventNotes((line) => {
    display.stop();
    note(`  ${line}`);
  });
  const title = (zh: string, en: string) => {
    display.stop();
    note(`▶ ${say(zh, en)}`);
  };
  if (flags.orders !== undefined) {
    title("导入订单", "importing orders");
    await importDemoOrders(context, { kit: engine, file: flags.orders, flags, display });
    title(
      "推送：规则 → 触发 → 批次 → 模拟器 → 员工确认 → 结果",
      "push: rule → occurrence → batches → simulator → staff → results",
    );
    return pushToLapsed(context, { engine, flags, onEvent: tell });
  }
  title("载入示例店铺", "loading the sample shop");
  const now = systemClock.now();
  const kit = engine.forTenant(BOOTSTRAP_TENANT_ID);
  await loadSampleShop(kit, { now, signal: io.signal, onProgress: sampleBars(display) });
  title(
    "推送：规则 → 触发 → 批次 → 模拟器 → 员工确认 → 结果",
    "push: rule → occurrence → batches → simulator → staff → results",
  );
  return runSamplePush({ stores: engine.stores, now, signal: io.signal, onProgress: (line) => note(`  ${line}`) });
}

/** The loader tells `text done/total · text`. */
function sampleBars(display: ProgressDisplay): (note: string) => void {
  return (note) => {
    const [, label = note, done = "0", total = "0"] = /^(.+) (\d+)\/(\d+)/.exec(note) ?? [];
    display.show(label, Number(done), Number(total));
  };
}

/** Only a database that was asked for by `--db` is written to; otherwise the demo leaves nothing behind. */
async function withDemoStores(context: CommandContext, work: (stores: SqlStores) => Promise<void>): Promise<void> {
  if (context.databaseUrl !== undefined) {
    const stores = await openStores(context);
    return work(stores).finally(() => stores.close());
  }
  const folder = await mkdtemp(join(tmpdir(), "recallkit-demo-"));
  try {
    const stores = await openStores(context, { engine: "sqlite", file: join(folder, "demo.db") });
    await work(stores).finally(() => stores.close());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
