import { createRecallKit, type SimulatedSlot } from "@recallkit/core";
import { formatLocal, unconfiguredChannel } from "@recallkit/core/ports";
import { type AddCommand, type CommandContext, wholeNumber } from "../../../cli/command.js";
import { withExisting } from "../../../cli/database.js";
import { findRule } from "../../../cli/find-rule.js";
import type { Say } from "../../../cli/io.js";
import { alignedTable } from "../../../cli/table.js";
import { readConfig } from "../../../config.js";

const MAX_BATCH_SIZE = 10_000;

/** `push plan ID|NAME`, below `push`. */
export const addPushPlan: AddCommand = (push, { say, action }) => {
  push
    .command("plan")
    .description(say("预演一条规则：何时发给多少人，不发送", "what a rule would do and when; sends nothing"))
    .argument("<rule>", say("规则编号或名称", "id or name of the rule"))
    .option("--days <days>", say("往后看几天（默认 7）", "how many days ahead (default 7)"), wholeNumber(1, 31), 7)
    .action(action((context, rule: string, flags: { readonly days: number }) => plan(context, rule, flags.days)));
};

async function plan(context: CommandContext, idOrName: string, days: number): Promise<void> {
  await withExisting(context, async (kit, { stores }) => {
    const rule = await findRule(stores, context.tenantId, idOrName);
    const config = readConfig(context.io.env, "worker");
    // The plan needs to know how the channel takes people, not its account.
    const channel = unconfiguredChannel({
      name: rule.definition.channel,
      addressType: "external_userid",
      maxBatchSize: config.wecomBatchSize ?? MAX_BATCH_SIZE,
    });
    const engine = createRecallKit({
      stores,
      channels: [channel],
      logger: context.logger,
      ...(config.hasFrequencyCaps ? {} : { caps: "off" as const }),
    });
    const slots = await engine.forTenant(context.tenantId).simulate(rule, { days });
    const zone = rule.definition.timeZone ?? (await kit.tenant()).timeZone;
    const answer = slots.map(({ dueAt, batches, sample, ...slot }) => ({
      ...slot,
      due_at: new Date(dueAt).toISOString(),
      batches: batches.map(({ at, ...batch }) => ({ ...batch, at: new Date(at).toISOString() })),
      sample: sample.map(({ externalKey, ...person }) => ({ customer_key: externalKey, ...person })),
    }));
    context.answer({ rule_id: rule.id, time_zone: zone, slots: answer }, () => table(slots, zone, context.say));
  });
}

function table(slots: readonly SimulatedSlot[], zone: string, say: Say): string {
  if (slots.length === 0) return say("这段时间没有推送", "no push in these days");
  const header = [
    say("时间", "when"),
    say("人群", "audience"),
    say("触达", "contacted"),
    say("不触达", "not contacted"),
  ];
  const rows = slots.map(({ dueAt, skipped, audience, contacted, reasons }) => [
    formatLocal(dueAt, zone),
    skipped === null ? String(audience) : "–",
    skipped === null ? String(contacted) : "–",
    skipped ??
      Object.entries(reasons)
        .map(([reason, count]) => `${reason} ${count}`)
        .join(", "),
  ]);
  return alignedTable([header, ...rows]);
}
