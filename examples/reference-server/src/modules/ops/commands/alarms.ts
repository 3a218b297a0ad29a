import { NotFoundError, systemClock } from "@recallkit/core";
import { alarmSentence } from "@recallkit/core/people";
import { formatLocal } from "@recallkit/core/ports";
import { type AddCommand, type CommandContext, wholeNumber } from "../../../cli/command.js";
import { timeZoneOf, withExisting } from "../../../cli/database.js";
import { noteChange } from "../../../cli/server-context.js";
import { alignedTable, factText } from "../../../cli/table.js";
import { alarmShape, mutesShape } from "../shapes.js";

const inFull = (address: string) => address;
const MINUTE_MS = 60_000;

/** `alarms list|show|acknowledge|mute`. */
export const addAlarms: AddCommand = (program, { say, action }) => {
  const alarms = program.command("alarms").description(say("告警", "alarms"));
  const id = ["<alarm>", say("告警编号", "id of the alarm"), wholeNumber(1, 9_999_999_999)] as const;
  alarms
    .command("list")
    .description(say("列出告警", "list alarms"))
    .option("--limit <n>", say("条数，1 至 200", "how many, 1 to 200"), wholeNumber(1, 200), 50)
    .option("--cursor <cursor>", say("上一页的 next_cursor", "next_cursor of the page before"))
    .action(action((context, flags: { readonly limit: number; readonly cursor?: string }) => list(context, flags)));
  alarms
    .command("show")
    .description(say("一条告警：含义与处理", "one alarm with its meaning"))
    .argument(...id)
    .action(action((context, which: number) => show(context, which)));
  alarms
    .command("acknowledge")
    .description(say("写下有人在处理", "note that somebody looks after it"))
    .argument(...id)
    .action(action((context, which: number) => acknowledge(context, which)));
  alarms
    .command("mute")
    .description(say("一段时间内不通知这类告警", "tell nobody of alarms of a code for a while"))
    .argument("<code>", say("告警代码", "code of the alarms"))
    .requiredOption("--minutes <n>", say("多少分钟，0 取消", "for how many minutes; 0 ends it"), wholeNumber(0, 43_200))
    .action(action((context, code: string, flags: { readonly minutes: number }) => mute(context, code, flags.minutes)));
};

function languageOf({ say }: CommandContext) {
  return say("zh", "en") === "en" ? ("en" as const) : ("zh" as const);
}

async function list(
  context: CommandContext,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
): Promise<void> {
  const { say } = context;
  await withExisting(context, async (kit) => {
    const zone = await timeZoneOf(context, kit, undefined);
    const shape = alarmShape(inFull, await kit.alarms.muted(), languageOf(context));
    const page = await kit.alarms.list({ limit, cursor });
    context.answer({ items: page.items.map(shape), next_cursor: page.nextCursor }, () =>
      page.items.length === 0
        ? say("没有", "none")
        : alignedTable([
            [
              "#",
              say("代码", "code"),
              say("对象", "about"),
              say("时间", "when"),
              say("处理人", "looked after by"),
              say("含义", "meaning"),
            ],
            ...page.items.map((row) => [
              String(row.id),
              row.code,
              `${row.entity} ${row.entityId}`,
              formatLocal(row.at, zone),
              row.acknowledgedBy ?? "–",
              alarmSentence(row.code)[languageOf(context)],
            ]),
          ]),
    );
  });
}

async function show(context: CommandContext, which: number): Promise<void> {
  await withExisting(context, async (kit) => {
    const shape = alarmShape(inFull, await kit.alarms.muted(), languageOf(context));
    const { items } = await kit.alarms.list({ limit: 1, ...(which > 1 && { cursor: String(which - 1) }) });
    const alarm = items.find(({ id }) => id === which);
    if (!alarm) throw new NotFoundError("alarm.not-found", `no alarm ${which}`);
    const answer = shape(alarm);
    const zone = await timeZoneOf(context, kit, undefined);
    context.answer(answer, () =>
      alignedTable(Object.entries(answer).map(([name, value]) => [name, factText(name, value, zone)])),
    );
  });
}

async function acknowledge(context: CommandContext, which: number): Promise<void> {
  await withExisting(context, async (kit, { stores }) => {
    const alarm = await kit.alarms.acknowledge(which, "cli");
    await noteChange(context, { stores, clock: systemClock }, "alarms.acknowledge", which);
    context.answer(alarmShape(inFull, [], languageOf(context))(alarm), () =>
      context.say(`#${which} 由 ${alarm.acknowledgedBy} 处理`, `#${which} is looked after by ${alarm.acknowledgedBy}`),
    );
  });
}

async function mute(context: CommandContext, code: string, minutes: number): Promise<void> {
  await withExisting(context, async (kit, { stores }) => {
    const until = systemClock.now() + minutes * MINUTE_MS;
    const mutes = await kit.alarms.mute({ code, until, by: "cli" });
    await noteChange(context, { stores, clock: systemClock }, "alarms.mute", code);
    const zone = await timeZoneOf(context, kit, undefined);
    context.answer(mutesShape(mutes), () =>
      mutes.length === 0
        ? context.say("没有静默的告警", "nothing is muted")
        : alignedTable(mutes.map((one) => [one.code, formatLocal(one.until, zone), one.by])),
    );
  });
}
