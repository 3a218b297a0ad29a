import type { Rule } from "@recallkit/core";
import { formatLocal } from "@recallkit/core/ports";
import { type AddCommand, type CommandContext, wholeNumber } from "../../../cli/command.js";
import { timeZoneOf, withExisting } from "../../../cli/database.js";
import { findRule, findRuleOfAnyTime } from "../../../cli/find-rule.js";
import { alignedTable, factText } from "../../../cli/table.js";
import { upcomingShape } from "../shapes.js";
import { stateText } from "../words.js";

interface ListFlags {
  readonly name?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** `rules list|show|upcoming`. */
export const addRules: AddCommand = (program, { say, action }) => {
  const rules = program.command("rules").description(say("规则", "rules"));
  rules
    .command("list")
    .description(say("列出规则", "list rules"))
    .option("--name <text>", say("名称包含", "whose names hold this"))
    .option("--limit <n>", say("条数，1 至 200", "how many, 1 to 200"), wholeNumber(1, 200), 50)
    .option("--cursor <cursor>", say("上一页的 next_cursor", "next_cursor of the page before"))
    .action(action((context, flags: ListFlags) => list(context, flags)));
  rules
    .command("show")
    .description(say("一条规则，删除的也可按编号查看", "one rule, a deleted one too by its id"))
    .argument("<rule>", say("规则编号或名称", "id or name of the rule"))
    .action(action((context, which: string) => show(context, which)));
  rules
    .command("upcoming")
    .description(say("接下来何时推送", "when what is pushed next"))
    .argument("[rule]", say("规则编号或名称（默认全部规则）", "id or name of a rule (default: all rules)"))
    .option("--count <n>", say("几次，1 至 200", "how many, 1 to 200"), wholeNumber(1, 200), 10)
    .action(
      action((context, which: string | undefined, flags: { readonly count: number }) =>
        upcoming(context, which, flags.count),
      ),
    );
};

function shape({ id, name, status, version, definition, nextDueAt, createdAt, updatedAt, deletedAt }: Rule) {
  const { channel, validFrom, validTo } = definition;
  return {
    ...{ id, name, status, version, channel, valid_from: validFrom, valid_to: validTo },
    ...{ next_due_at: nextDueAt, created_at: createdAt, updated_at: updatedAt, deleted_at: deletedAt },
  };
}

async function list(context: CommandContext, { name, limit, cursor }: ListFlags): Promise<void> {
  const { say } = context;
  await withExisting(context, async (kit) => {
    const zone = await timeZoneOf(context, kit, undefined);
    const page = await kit.rules.list({ search: name, limit, cursor });
    context.answer({ items: page.items.map(shape), next_cursor: page.nextCursor }, () =>
      page.items.length === 0
        ? say("没有", "none")
        : alignedTable([
            [
              "#",
              say("名称", "name"),
              say("状态", "status"),
              say("渠道", "channel"),
              say("有效期", "valid"),
              say("下次", "next"),
            ],
            ...page.items.map(({ id, name: called, status: now, definition, nextDueAt }) => [
              String(id),
              called,
              stateText(now, null, say),
              definition.channel,
              `${definition.validFrom} – ${definition.validTo}`,
              nextDueAt === null ? "–" : formatLocal(nextDueAt, zone),
            ]),
          ]),
    );
  });
}

async function show(context: CommandContext, which: string): Promise<void> {
  await withExisting(context, async (kit, { stores }) => {
    const zone = await timeZoneOf(context, kit, undefined);
    const rule = await findRuleOfAnyTime(stores, context.tenantId, which);
    const answer = { ...shape(rule), definition: rule.definition };
    context.answer(answer, () =>
      [
        alignedTable(Object.entries(shape(rule)).map(([key, value]) => [key, factText(key, value, zone)])),
        JSON.stringify(rule.definition, null, 2),
      ].join("\n"),
    );
  });
}

async function upcoming(context: CommandContext, which: string | undefined, count: number): Promise<void> {
  const { say } = context;
  await withExisting(context, async (kit, { stores }) => {
    const rule = which === undefined ? undefined : await findRule(stores, context.tenantId, which);
    const language = say("zh", "en") === "en" ? "en" : "zh";
    const slots = await kit.rules.upcoming({ ruleId: rule?.id, count, language });
    // The command line has no channels: whether one is missing is the server's to say.
    const items = slots.map(({ holds, ...slot }) => {
      return upcomingShape(new Map())({ ...slot, holds: holds.filter(({ code }) => code !== "channel.missing") });
    });
    context.answer({ items }, () =>
      items.length === 0
        ? say("接下来没有推送", "nothing is due")
        : alignedTable([
            [say("时间", "when"), say("规则", "rule"), say("渠道", "channel"), say("说明", "notes")],
            ...items.map((slot) => [
              formatLocal(slot.due_at, slot.time_zone),
              `#${slot.rule_id} ${slot.rule_name}`,
              slot.channel,
              [...slot.holds, ...slot.warnings].map(({ sentence }) => sentence).join("; "),
            ]),
          ]),
    );
  });
}
