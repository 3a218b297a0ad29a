import { readFileSync } from "node:fs";
import { LABEL_KINDS, type LabelKind, type SegmentInput, systemClock } from "@recallkit/core";
import { type AttributeConditionInput, isLocalDate, localDateOf, startOfDay } from "@recallkit/core/ports";
import { InvalidArgumentError, Option } from "commander";
import { type AddCommand, type CommandContext, checkedText, wholeNumber } from "../../../cli/command.js";
import { timeZoneOf, withExisting } from "../../../cli/database.js";
import { alignedTable } from "../../../cli/table.js";
import { timeZone } from "../../../cli/time-zone.js";
import { audienceDigest } from "../../customers/service.js";

type Labels = Partial<Record<LabelKind, string[]>>;

interface AudienceFlags {
  readonly today?: string;
  readonly minDays?: number;
  readonly maxDays?: number;
  readonly recency: "last-order" | "any-order";
  readonly label?: Labels;
  readonly labelMode: "any" | "grouped" | "all";
  readonly attribute?: readonly AttributeConditionInput[];
  readonly segment?: SegmentInput;
  readonly everybody?: boolean;
  readonly tz?: string;
}

/** `audience`: who would be meant, without sending anything. */
export const addAudience: AddCommand = (program, { say, action }) => {
  const days = wholeNumber(0, 3650);
  program
    .command("audience")
    .description(say("按条件圈选人群（只计算，不发送）", "count an audience; sends nothing"))
    .option(
      "--today <date>",
      say(
        "以这一天零点为准，其后的订单视为不存在（默认现在）",
        "as of the start of this day; later orders do not exist (default: now)",
      ),
      checkedText(isLocalDate, "a day, YYYY-MM-DD,"),
    )
    .option("--min-days <days>", say("距最近订单至少多少天", "at least so many days since the order"), days)
    .option("--max-days <days>", say("距最近订单至多多少天", "at most so many days since the order"), days)
    .addOption(
      new Option("--recency <which>", say("看最近一单还是任意一单", "the last order, or any order"))
        .choices(["last-order", "any-order"])
        .default("last-order"),
    )
    .option(
      "--label <kind=key,…>",
      `${say("标签，可重复", "labels, repeatable")}: ${LABEL_KINDS.join(" ")}`,
      readLabels,
    )
    .addOption(
      new Option("--label-mode <mode>", say("标签之间的关系", "how labels combine"))
        .choices(["any", "grouped", "all"])
        .default("any"),
    )
    .option(
      "--attribute <name=value,…>",
      say(
        "自定义属性，可重复，须全部满足；区间写作 name=100..500",
        "own attributes, repeatable, all must hold; a range is name=100..500",
      ),
      readAttribute,
    )
    .option(
      "--segment <json>",
      say(
        "完整筛选条件：JSON 文本或 JSON 文件名，与其他条件同时满足",
        "a whole segment: JSON, or the name of a file with it; beside the other conditions",
      ),
      readSegment,
    )
    .option("--everybody", say("没有任何条件时表示所有客户", "all customers, when there is no condition"))
    .option("--tz <zone>", say("按哪个时区算天（默认商户时区）", "zone of the days (default: the tenant's)"), timeZone)
    .action(action((context, flags: AudienceFlags) => countAudience(context, flags)));
};

function readLabels(text: string, before: Labels = {}): Labels {
  const at = text.indexOf("=");
  const kind = LABEL_KINDS.find((known) => known === text.slice(0, at).trim());
  const keys = text
    .slice(at + 1)
    .split(/[,，]/)
    .map((key) => key.trim())
    .filter(Boolean);
  if (at < 0 || !kind || keys.length === 0)
    throw new InvalidArgumentError(`kind=key,… is expected; kinds are ${LABEL_KINDS.join(", ")}.`);
  return { ...before, [kind]: [...(before[kind] ?? []), ...keys] };
}

function readAttribute(text: string, before: readonly AttributeConditionInput[] = []): AttributeConditionInput[] {
  const at = text.indexOf("=");
  const name = text.slice(0, at).trim();
  const [, min = "", max = ""] = /^(.*)\.\.(.*)$/.exec(text.slice(at + 1).trim()) ?? [];
  const values = text
    .slice(at + 1)
    .split(/[,，]/)
    .map((value) => value.trim())
    .filter(Boolean);
  if (at < 0 || name === "" || values.length === 0)
    throw new InvalidArgumentError("name=value,… or name=from..to is expected.");
  if (min === "" && max === "") return [...before, { name, in: values.flatMap(readings) }];
  const bound = (given: string) => (isLocalDate(given) ? given : Number(given));
  return [...before, { name, ...(min && { min: bound(min) }), ...(max && { max: bound(max) }) }];
}

/** What a value may be: the attribute's type decides which of them counts. */
function readings(value: string): (string | number | boolean)[] {
  const number = Number(value);
  const truth = value === "true" || value === "false" ? [value === "true"] : [];
  return [value, ...(Number.isFinite(number) ? [number] : []), ...truth];
}

async function countAudience(context: CommandContext, flags: AudienceFlags): Promise<void> {
  await withExisting(context, async (kit) => {
    const zone = await timeZoneOf(context, kit, flags.tz);
    const asOf = flags.today === undefined ? systemClock.now() : startOfDay(flags.today, zone);
    const source = { segment: segmentOf(flags), timeZone: zone };
    const preview = await kit.audience.preview(source, { asOf, people: 0 });
    const members = kit.audience.resolve(source, { asOf, signal: context.io.signal });
    const { count, sha256 } = await audienceDigest(members);
    const unknown = preview.unknownLabels.map(({ kind, key }) => `${kind}=${key}`);
    for (const label of unknown)
      context.note(context.say(`标签库没有 ${label}`, `the library does not know the label ${label}`));
    for (const name of preview.unknownAttributes)
      context.note(
        context.say(`没有这个名称和类型的自定义属性：${name}`, `no attribute has this name and type: ${name}`),
      );
    for (const key of preview.unknownCustomers)
      context.note(context.say(`没有这个客户：${key}`, `there is no customer ${key}`));
    for (const name of preview.unknownChannels)
      context.note(context.say(`没有配置渠道 ${name}`, `the channel ${name} is not configured`));
    const steps = preview.steps.map(({ name, count: left }) => ({ name, count: left }));
    const today = flags.today ?? localDateOf(asOf, zone);
    context.answer(
      {
        count,
        sha256,
        today,
        time_zone: zone,
        unknown_labels: unknown,
        unknown_attributes: preview.unknownAttributes,
        steps,
      },
      () =>
        alignedTable([
          [context.say("人数", "people"), String(count)],
          ...steps.map((step) => [`  ${step.name}`, String(step.count)]),
          ["sha256", sha256],
        ]),
    );
  });
}

/** The SDK says what is wrong with it. */
function readSegment(text: string): SegmentInput {
  try {
    return JSON.parse(text.trimStart().startsWith("{") ? text : readFileSync(text, "utf8"));
  } catch (error) {
    throw new InvalidArgumentError(error instanceof SyntaxError ? "JSON is expected." : "there is no such file.");
  }
}

function segmentOf(flags: AudienceFlags): SegmentInput {
  const { minDays, maxDays, recency, label, labelMode, attribute, segment, everybody } = flags;
  const hasWindow = minDays !== undefined || maxDays !== undefined;
  return {
    ...(hasWindow && { lapse: { minDays: minDays ?? 0, maxDays: maxDays ?? 3650, recency } }),
    ...(label && { labels: label }),
    labelMode,
    ...(attribute && { attributes: attribute }),
    ...(segment && { all: [segment] }),
    ...(everybody && { everybody }),
  };
}
