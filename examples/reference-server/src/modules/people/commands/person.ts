import { type Page, systemClock } from "@recallkit/core";
import type { FoundPerson, Language, PersonEvent, PersonExplanation } from "@recallkit/core/people";
import { formatLocal, parseInstant } from "@recallkit/core/ports";
import { type AddCommand, type CommandContext, checkedText, wholeNumber } from "../../../cli/command.js";
import { timeZoneOf, withExisting } from "../../../cli/database.js";
import { findRuleOfAnyTime } from "../../../cli/find-rule.js";
import { noteChange } from "../../../cli/server-context.js";
import { alignedTable } from "../../../cli/table.js";
import { eventShape, explanationShape, personShape } from "../shapes.js";

interface TimelineFlags {
  readonly limit: number;
  readonly cursor?: string;
}

interface ExplainFlags {
  readonly rule: string;
  readonly at?: string;
}

const inFull = (address: string) => address;
const isInstant = (text: string) => /^\d{13}$/.test(text) || parseInstant(text, "UTC") !== undefined;

/** `person search|show|timeline|explain`. */
export const addPerson: AddCommand = (program, { say, action }) => {
  const person = program
    .command("person")
    .description(say("一位客户：查找、经历、原因", "one person: find, story, reasons"));
  const key = [
    "<key>",
    say("客户导入键（合并前的也可）", "import key of the person, also one from before a merge"),
  ] as const;
  person
    .command("search")
    .description(
      say(
        "按编号、手机号、external_userid 或姓名开头查找",
        "find by key, mobile, external_userid or the beginning of a name",
      ),
    )
    .argument("<query>", say("要找的文字", "what to look for"))
    .action(action((context, query: string) => search(context, query)));
  person
    .command("show")
    .description(say("客户与最近的经历", "a person with what happened lately"))
    .argument(...key)
    .action(action((context, who: string) => show(context, who)));
  person
    .command("timeline")
    .description(say("经历，最新的在前", "what happened, newest first"))
    .argument(...key)
    .option("--limit <n>", say("条数，1 至 200", "how many, 1 to 200"), wholeNumber(1, 200), 50)
    .option("--cursor <cursor>", say("上一页的 next_cursor", "next_cursor of the page before"))
    .action(action((context, who: string, flags: TimelineFlags) => timeline(context, who, flags)));
  person
    .command("explain")
    .description(say("一条规则为什么会、或不会触达此人", "why a rule would contact the person, or would not"))
    .argument(...key)
    .requiredOption("--rule <rule>", say("规则编号或名称", "id or name of the rule"))
    .option(
      "--at <instant>",
      say("以这一时刻为准（默认现在）", "as of this instant (default: now)"),
      checkedText(isInstant, say("时刻，例如 2026-03-01 10:00", "an instant, such as 2026-03-01 10:00")),
    )
    .action(action((context, who: string, flags: ExplainFlags) => explain(context, who, flags)));
};

function languageOf({ say }: CommandContext): Language {
  return say("zh", "en") === "en" ? "en" : "zh";
}

async function search(context: CommandContext, query: string): Promise<void> {
  await withExisting(context, async (kit) => {
    const { items, nextCursor } = await kit.people.search({ query, limit: 50 });
    context.answer({ people: items.map(personShape(inFull)), more: nextCursor !== null }, () =>
      items.length === 0
        ? context.say("没有找到", "nobody")
        : alignedTable([
            ["id", context.say("编号", "key"), context.say("姓名", "name"), context.say("身份", "identities")],
            ...items.map(({ id, externalKey, name, identities }) => [
              String(id),
              externalKey,
              name ?? "–",
              Object.values(identities).join(" "),
            ]),
          ]),
    );
  });
}

async function show(context: CommandContext, who: string): Promise<void> {
  await withExisting(context, async (kit, { stores }) => {
    const zone = await timeZoneOf(context, kit, undefined);
    const person = await kit.people.get(who);
    const events = await kit.people.timeline(person.id, { limit: 10, language: languageOf(context) });
    await noteChange(context, { stores, clock: systemClock }, "people.show", person.id);
    context.answer({ ...personShape(inFull)(person), events: events.items.map(eventShape(inFull)) }, () =>
      [factsTable(context, person, zone), "", eventsTable(context, events, zone)].join("\n"),
    );
  });
}

function factsTable({ say }: CommandContext, person: FoundPerson, zone: string): string {
  return alignedTable([
    [say("编号", "key"), `${person.externalKey} (#${person.id})`],
    ...(person.mergedFrom === null ? [] : [[say("由合并而来", "merged from"), person.mergedFrom]]),
    ...(person.isErased ? [[say("状态", "state"), say("身份信息已删除", "the name was taken away")]] : []),
    [say("姓名", "name"), person.name ?? "–"],
    ...Object.entries(person.identities).map(([type, value]) => [type, value]),
    [say("首次导入", "came in"), formatLocal(person.createdAt, zone)],
  ]);
}

function eventsTable({ say }: CommandContext, { items, nextCursor }: Page<PersonEvent>, zone: string): string {
  if (items.length === 0) return say("没有记录", "nothing");
  const rows = items.map(({ at, kind, sentence }) => [formatLocal(at, zone), kind, sentence]);
  const more = nextCursor === null ? [] : [say(`下一页：--cursor ${nextCursor}`, `next page: --cursor ${nextCursor}`)];
  return [alignedTable(rows), ...more].join("\n");
}

async function timeline(context: CommandContext, who: string, { limit, cursor }: TimelineFlags): Promise<void> {
  await withExisting(context, async (kit, { stores }) => {
    const zone = await timeZoneOf(context, kit, undefined);
    const person = await kit.people.get(who);
    const page = await kit.people.timeline(person.id, { limit, cursor, language: languageOf(context) });
    await noteChange(context, { stores, clock: systemClock }, "people.timeline", person.id);
    const answer = { items: page.items.map(eventShape(inFull)), next_cursor: page.nextCursor };
    context.answer(answer, () => eventsTable(context, page, zone));
  });
}

async function explain(context: CommandContext, who: string, { rule: idOrName, at }: ExplainFlags): Promise<void> {
  await withExisting(context, async (kit, { stores }) => {
    const rule = await findRuleOfAnyTime(stores, context.tenantId, idOrName);
    const told = await kit.people.explain(who, rule.id, { at, language: languageOf(context) });
    context.answer(explanationShape(told), () => explanationText(context, told));
  });
}

function explanationText({ say }: CommandContext, told: PersonExplanation): string {
  const mark = (isGood: boolean) => (isGood ? "✓" : "✗");
  const conditions = told.conditions.map(({ name, path, passed, sentence }) => [
    mark(passed),
    path === "" ? name : `${path} ${name}`,
    sentence,
  ]);
  const gates = told.gates.map(({ reason, isAsked, holds, sentence }) => [
    isAsked ? mark(!holds) : "·",
    reason,
    sentence,
  ]);
  const pushes = told.pushes.map(({ occurrenceId, sentence }) => [`#${occurrenceId}`, sentence]);
  const part = (title: string, rows: readonly (readonly string[])[]) =>
    rows.length === 0 ? [] : ["", title, alignedTable(rows)];
  return [
    told.sentence,
    ...told.notes,
    ...part(say("人群条件", "conditions"), conditions),
    ...part(say("触达规则", "gates"), gates),
    ...part(say("这条规则的推送", "pushes of this rule"), pushes),
  ].join("\n");
}
