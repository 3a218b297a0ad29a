import { type AddCommand, type CommandContext, commandGroup, refusal, wholeNumber } from "../../../cli/command.js";
import { progressDisplay } from "../../../cli/progress.js";
import { noteChange } from "../../../cli/server-context.js";
import { alignedTable } from "../../../cli/table.js";
import type { Institution } from "../../institutions/service.js";
import { approveRevisits } from "../decide.js";
import type { RevisitDesk } from "../desk.js";
import { listRevisits, type Revisit, runFigures } from "../revisit-store.js";
import { beginRun, workRun } from "../run.js";
import { getRun, type RevisitRun } from "../run-store.js";
import { MOST_DAYS_AHEAD } from "../settings.js";
import { revisitShape, runShape } from "../shapes.js";
import { withDesks } from "./with-desk.js";

interface RunFlags {
  readonly institution?: string;
  readonly days?: number;
  readonly test?: boolean;
}

const id = wholeNumber(1, Number.MAX_SAFE_INTEGER);
/** Revisits of one look at the queue. */
const PAGE = 200;

/** `revisit run|preview|approve`. A running server sends. */
export const addRevisit: AddCommand = (program, { say, action }) => {
  const revisit = commandGroup(program, "revisit", say("生日回访", "birthday revisits"));
  const institution = [
    "--institution <code>",
    say("机构代码，默认全部机构", "code of an institution, all of them by default"),
  ] as const;
  const days = ["--days <n>", say("提前天数", "days ahead"), wholeNumber(0, MOST_DAYS_AHEAD)] as const;
  revisit
    .command("run")
    .description(say("运行生日回访，由运行中的服务发送", "run the revisit; a running server sends"))
    .option(...institution)
    .option(...days)
    .option("--test", say("测试模式：只写出并显示，不发送", "test mode: writes and shows, sends nothing"))
    .action(action((context, flags: RunFlags) => runAll(context, flags)));
  revisit
    .command("preview")
    .description(say("写出文案并显示，不发送", "write the texts and show them, send nothing"))
    .option(...institution)
    .option(...days)
    .action(action((context, flags: RunFlags) => runAll(context, { ...flags, test: true }, true)));
  revisit
    .command("approve")
    .argument("[ids...]", say("回访编号", "ids of revisits"), (text: string, before: readonly number[] = []) => [
      ...before,
      id(text),
    ])
    .description(say("批准等待中的文案；不给编号时列出它们", "approve texts that wait; without ids, list them"))
    .requiredOption("--institution <code>", say("机构代码", "code of an institution"))
    .option("--all", say("批准全部", "approve all of them"))
    .action(
      action((context, ids: readonly number[] | undefined, flags: { institution: string; all?: boolean }) =>
        approve(context, ids ?? [], flags),
      ),
    );
};

async function runAll(context: CommandContext, flags: RunFlags, showsTexts = false): Promise<void> {
  const display = progressDisplay(context.io);
  const answers: object[] = [];
  const lines: string[] = [];
  let failed = 0;
  try {
    await withDesks(context, flags.institution, async (desk, institution) => {
      const { test: isTest = false, days: daysAhead } = flags;
      const { run } = await beginRun(desk, { kind: "manual", isTest, ...(daysAhead !== undefined && { daysAhead }) });
      const outcome = await workRun(desk, run, {
        signal: context.io.signal,
        onProgress: ({ found, done }) => display.show(institution.code, done, found),
      });
      if (outcome === "failed") failed += 1;
      if (!isTest) await noteChange({ tenantId: institution.tenantId }, desk, "revisits.run", run.id);
      const ended = await getRun(desk.stores, run.tenantId, run.id);
      const revisits = showsTexts ? await revisitsOf(desk, ended) : [];
      const figures = await runFigures(desk.stores, ended);
      answers.push({
        ...runShape(ended, figures, institution.code),
        ...(showsTexts && { revisits: revisits.map(revisitShape) }),
      });
      lines.push(told(context, institution, ended, figures), ...textLines(revisits));
      if (outcome !== "failed") display.finish();
    });
  } finally {
    display.stop();
  }
  context.answer({ runs: answers }, () => lines.join("\n"));
  if (failed > 0) throw refusal("revisit.run-failed", `${failed} of the runs failed; see above`);
}

function told(
  { say }: CommandContext,
  { code }: Institution,
  { id: runId, found, mode, state, error }: RevisitRun,
  { written, skipped, skippedTotal }: Awaited<ReturnType<typeof runFigures>>,
): string {
  const head = say(
    `${code} 任务 ${runId}（${mode}）：找到 ${found}，写出 ${written}，跳过 ${skippedTotal}`,
    `${code} run ${runId} (${mode}): ${found} found, ${written} written, ${skippedTotal} skipped`,
  );
  const reasons = new Map<string, number>();
  for (const { reason } of skipped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const why = [...reasons].map(([reason, count]) => `  ${reason} ${count}`);
  return [head, ...why, ...(state === "failed" ? [`  ${error ?? ""}`] : [])].join("\n");
}

async function revisitsOf({ stores, kit }: RevisitDesk, { id: runId }: RevisitRun): Promise<readonly Revisit[]> {
  const found: Revisit[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await listRevisits(stores, kit.tenantId, { runId, limit: PAGE, ...(cursor && { cursor }) });
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  return found.filter(({ text }) => text !== null);
}

function textLines(revisits: readonly Revisit[]): readonly string[] {
  if (revisits.length === 0) return [];
  return [
    alignedTable(
      revisits.map(({ id: of, customerCode, birthdayOn, channel, text }) => [
        ...[`  ${of}`, customerCode, birthdayOn, channel ?? "", text ?? ""],
      ]),
    ),
  ];
}

async function approve(
  context: CommandContext,
  ids: readonly number[],
  { institution, all = false }: { readonly institution: string; readonly all?: boolean },
): Promise<void> {
  await withDesks(context, institution, async (desk, { tenantId }) => {
    const waiting = await listRevisits(desk.stores, tenantId, { states: ["waiting"], limit: PAGE });
    const chosen = all ? waiting.items.map((one) => one.id) : ids;
    if (chosen.length === 0) {
      context.answer({ waiting: waiting.items.map(revisitShape) }, () =>
        waiting.items.length === 0
          ? context.say("没有等待审批的文案", "no text waits")
          : textLines(waiting.items).join("\n"),
      );
      return;
    }
    const decided = await approveRevisits(desk, chosen);
    for (const one of decided.done) await noteChange({ tenantId }, desk, "revisits.approve", one);
    context.answer(decided, () =>
      context.say(
        `批准 ${decided.done.length}，不在等待中 ${decided.refused.length}`,
        `${decided.done.length} approved, ${decided.refused.length} wait for nobody`,
      ),
    );
  });
}
