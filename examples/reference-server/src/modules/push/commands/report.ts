import { ConfigError, type ReportOptions } from "@recallkit/core";
import { isLocalDate, parseInstant, startOfDay } from "@recallkit/core/ports";
import { type AddCommand, type CommandContext, wholeNumber } from "../../../cli/command.js";
import { timeZoneOf, withExisting } from "../../../cli/database.js";
import { findRule } from "../../../cli/find-rule.js";
import { reportJson, reportTable } from "../../../cli/report-table.js";
import { timeZone } from "../../../cli/time-zone.js";

interface ReportFlags {
  readonly asOf?: string;
  readonly windowDays?: number;
  readonly tz?: string;
}

const DAY_MS = 86_400_000;

/** `report [RULE]`. */
export const addReport: AddCommand = (program, { say, action }) => {
  program
    .command("report")
    .description(say("推送效果报表", "what pushes brought"))
    .argument("[rule]", say("规则编号或名称（默认全部规则）", "id or name of a rule (default: all rules)"))
    .option(
      "--as-of <when>",
      say("统计截止：某天零点，或某一时刻（默认现在）", "count up to the start of a day, or an instant (default: now)"),
    )
    .option("--window-days <days>", say("归因天数（默认 7）", "days of attribution (default 7)"), wholeNumber(1, 365))
    .option("--tz <zone>", say("时区（默认商户时区）", "zone (default: the tenant's)"), timeZone)
    .action(action((context, rule: string | undefined, flags: ReportFlags) => report(context, rule, flags)));
};

async function report(context: CommandContext, idOrName: string | undefined, flags: ReportFlags): Promise<void> {
  await withExisting(context, async (kit, { stores }) => {
    const rule = idOrName === undefined ? undefined : await findRule(stores, context.tenantId, idOrName);
    const options: ReportOptions = {
      ...(flags.asOf !== undefined && { asOf: instantOf(flags.asOf, await timeZoneOf(context, kit, flags.tz)) }),
      ...(flags.windowDays !== undefined && { windowMs: flags.windowDays * DAY_MS }),
    };
    const figures = await kit.report(rule?.id, options);
    const subject = rule ? { rule_id: rule.id, rule_name: rule.name } : { rule_id: null, rule_name: null };
    const title = rule?.name ?? context.say("全部规则", "all rules");
    context.answer({ ...subject, ...reportJson(figures) }, () => reportTable(title, figures, context.say));
  });
}

function instantOf(text: string, zone: string): number {
  const instant = isLocalDate(text) ? startOfDay(text, zone) : parseInstant(text, zone);
  if (instant !== undefined) return instant;
  throw new ConfigError(
    "config.invalid",
    "--as-of",
    "--as-of must be a day, a local time or an instant with its offset",
  );
}
