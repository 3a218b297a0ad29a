import {
  DELIVERY_STATES,
  type Delivery,
  type DeliveryState,
  NotFoundError,
  OCCURRENCE_STATES,
  type OccurrenceState,
  type OccurrenceStatus,
  type Page,
  type TenantKit,
} from "@recallkit/core";
import { type Language, outcomeSentence, type PersonEvent } from "@recallkit/core/people";
import { formatLocal } from "@recallkit/core/ports";
import { Option } from "commander";
import { type AddCommand, type CommandContext, wholeNumber } from "../../../cli/command.js";
import { timeZoneOf, withExisting } from "../../../cli/database.js";
import { findRuleOfAnyTime } from "../../../cli/find-rule.js";
import { alignedTable, factText } from "../../../cli/table.js";
import { attemptShape, batchShape, deliveryShape, occurrenceShape } from "../shapes.js";
import { countsText, kindText, stateText } from "../words.js";

interface ListFlags {
  readonly rule?: string;
  readonly limit: number;
  readonly cursor?: string;
}

interface OccurrenceFlags extends ListFlags {
  readonly state?: OccurrenceState;
}

interface DeliveryFlags extends ListFlags {
  readonly person?: string;
  readonly occurrence?: number;
  readonly state?: DeliveryState;
}

const id = wholeNumber(1, 9_999_999_999);
const inFull = (address: string) => address;

/** `occurrences list|show` and `deliveries list|show`. */
export const addLedger: AddCommand = (program, { say, action }) => {
  const occurrences = program.command("occurrences").description(say("触发记录", "occurrences: what fired"));
  const rule = ["--rule <rule>", say("只看这条规则：编号或名称", "only of this rule: id or name")] as const;
  const limit = ["--limit <n>", say("条数，1 至 200", "how many, 1 to 200"), wholeNumber(1, 200), 50] as const;
  const cursor = ["--cursor <cursor>", say("上一页的 next_cursor", "next_cursor of the page before")] as const;
  const state = (states: readonly string[]) =>
    new Option("--state <state>", say("只看这个状态", "only in this state")).choices([...states]);
  occurrences
    .command("list")
    .description(say("列出触发记录", "list occurrences"))
    .option(...rule)
    .addOption(state(OCCURRENCE_STATES))
    .option(...limit)
    .option(...cursor)
    .action(action((context, flags: OccurrenceFlags) => listOccurrences(context, flags)));
  occurrences
    .command("show")
    .description(say("一次触发：批次与服务商调用", "one occurrence with its batches and provider calls"))
    .argument("<occurrence>", say("触发编号", "id of the occurrence"), id)
    .action(action((context, which: number) => showOccurrence(context, which)));
  const deliveries = program
    .command("deliveries")
    .description(say("触达记录", "deliveries: one person in one occurrence"));
  deliveries
    .command("list")
    .description(say("列出触达记录", "list deliveries"))
    .option("--person <key>", say("只看这位客户", "only of this person"))
    .option("--occurrence <id>", say("只看这次触发", "only of this occurrence"), id)
    .option(...rule)
    .addOption(state(DELIVERY_STATES))
    .option(...limit)
    .option(...cursor)
    .action(action((context, flags: DeliveryFlags) => listDeliveries(context, flags)));
  deliveries
    .command("show")
    .description(say("一条触达：内容、发送与结果", "one delivery: text, calls and outcome"))
    .argument("<delivery>", say("触达编号", "id of the delivery"), id)
    .action(action((context, which: number) => showDelivery(context, which)));
};

function next(context: CommandContext, cursor: string | null): readonly string[] {
  return cursor === null ? [] : [context.say(`下一页：--cursor ${cursor}`, `next page: --cursor ${cursor}`)];
}

async function listOccurrences(
  context: CommandContext,
  { rule, state, limit, cursor }: OccurrenceFlags,
): Promise<void> {
  const { say } = context;
  await withExisting(context, async (kit, { stores }) => {
    const ruleId = rule === undefined ? undefined : (await findRuleOfAnyTime(stores, context.tenantId, rule)).id;
    const zone = await timeZoneOf(context, kit, undefined);
    const page = await kit.occurrences.list({ ruleId, states: state && [state], limit, cursor });
    const rows = page.items.map(({ id, ruleId, kind, nominal, state, reason, audienceSize, dueAt }) => {
      return { id, rule_id: ruleId, kind, nominal, state, reason, audience_size: audienceSize, due_at: dueAt };
    });
    context.answer({ items: rows, next_cursor: page.nextCursor }, () =>
      rows.length === 0
        ? say("没有", "none")
        : [
            alignedTable([
              [
                "#",
                say("规则", "rule"),
                say("来源", "kind"),
                say("应发时间", "due"),
                say("状态", "state"),
                say("人数", "people"),
              ],
              ...rows.map((row) => [
                String(row.id),
                String(row.rule_id),
                kindText(row.kind, say),
                formatLocal(row.due_at, zone),
                stateText(row.state, row.reason, say),
                String(row.audience_size ?? "–"),
              ]),
            ]),
            ...next(context, page.nextCursor),
          ].join("\n"),
    );
  });
}

async function showOccurrence(context: CommandContext, which: number): Promise<void> {
  await withExisting(context, async (kit) => {
    const zone = await timeZoneOf(context, kit, undefined);
    const status = await kit.occurrences.status(which);
    const batches = await kit.batches.list({ occurrenceId: which, limit: 200 });
    const attempts = await kit.attempts.list({ occurrenceId: which, limit: 200 });
    const answer = {
      ...occurrenceShape(status),
      batch_list: batches.items.map(batchShape),
      attempts: attempts.items.map(attemptShape),
    };
    context.answer(answer, () =>
      [
        factsOf(context, status, zone),
        ...batches.items.map(
          (batch) =>
            `${context.say("批次", "batch")} ${batch.number}: ${stateText(batch.state, batch.reason, context.say)}, ${batch.size}`,
        ),
        ...attempts.items.map(
          (attempt) =>
            `${attempt.kind === "send" ? context.say("调用", "call") : context.say("核查", "look-up")} ${attempt.number}: ${attempt.class ?? "–"} ${attempt.answer ?? ""} ${formatLocal(attempt.startedAt, zone)}`,
        ),
      ].join("\n"),
    );
  });
}

function factsOf({ say }: CommandContext, status: OccurrenceStatus, zone: string): string {
  return alignedTable([
    ["#", String(status.id)],
    [say("规则", "rule"), `${status.ruleId} v${status.ruleVersion}`],
    [say("来源", "kind"), `${kindText(status.kind, say)} ${status.nominal}`],
    [say("应发时间", "due"), formatLocal(status.dueAt, zone)],
    [say("状态", "state"), stateText(status.state, status.reason, say)],
    [say("人数", "people"), String(status.audienceSize ?? "–")],
    [say("触达", "deliveries"), countsText(status.deliveries, say)],
  ]);
}

async function showDelivery(context: CommandContext, which: number): Promise<void> {
  await withExisting(context, async (kit) => {
    const zone = await timeZoneOf(context, kit, undefined);
    const language = context.say("zh", "en") === "en" ? "en" : "zh";
    const { items } = await kit.deliveries.list({ limit: 1, ...(which > 1 && { cursor: String(which - 1) }) });
    const row = items.find((one) => one.id === which);
    if (!row) throw new NotFoundError("delivery.not-found", `no delivery ${which}`);
    const push = await pushOf(kit, row, language);
    const answer = { ...deliveryShape(inFull)(row), content: push?.content ?? null, attempts: push?.attempts ?? [] };
    context.answer(answer, () =>
      [
        outcomeSentence(row)[language],
        alignedTable(
          Object.entries(deliveryShape(inFull)(row)).map(([name, value]) => [name, factText(name, value, zone)]),
        ),
        ...(push?.content ? [JSON.stringify(push.content, null, 2)] : []),
        ...(push?.attempts ?? []).map(
          (attempt) =>
            `${context.say("调用", "call")} ${attempt.number}: ${attempt.class ?? "–"} ${attempt.answer ?? ""} ${formatLocal(attempt.startedAt, zone)}`,
        ),
      ].join("\n"),
    );
  });
}

/** The push of a delivery, from the timeline of its person. */
async function pushOf(kit: TenantKit, { id, customerId }: Delivery, language: Language) {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: Page<PersonEvent> = await kit.people.timeline(customerId, { limit: 200, cursor, language });
    const found = page.items.find((event) => event.push?.id === id);
    if (found) return found.push;
    cursor = page.nextCursor;
  }
  return undefined;
}

async function listDeliveries(context: CommandContext, flags: DeliveryFlags): Promise<void> {
  const { say } = context;
  const { person, occurrence, rule, state, limit, cursor } = flags;
  await withExisting(context, async (kit, { stores }) => {
    const zone = await timeZoneOf(context, kit, undefined);
    const customerId = person === undefined ? undefined : (await kit.people.get(person)).id;
    const ruleId = rule === undefined ? undefined : (await findRuleOfAnyTime(stores, context.tenantId, rule)).id;
    const filter = { customerId, ruleId, occurrenceId: occurrence, states: state && [state], limit, cursor };
    const page = await kit.deliveries.list(filter);
    const language = say("zh", "en") === "en" ? "en" : "zh";
    const line = (row: Delivery) => [
      String(row.id),
      String(row.occurrenceId),
      row.externalKey,
      row.channel,
      outcomeSentence(row)[language],
      formatLocal(row.acceptedAt ?? row.updatedAt, zone),
    ];
    context.answer({ items: page.items.map(deliveryShape(inFull)), next_cursor: page.nextCursor }, () =>
      page.items.length === 0
        ? say("没有", "none")
        : [
            alignedTable([
              [
                "#",
                say("触发", "occurrence"),
                say("客户", "person"),
                say("渠道", "channel"),
                say("结果", "outcome"),
                say("时间", "when"),
              ],
              ...page.items.map(line),
            ]),
            ...next(context, page.nextCursor),
          ].join("\n"),
    );
  });
}
