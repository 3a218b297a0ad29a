import { createRecallKit, systemIds } from "@recallkit/core";
import { parseInstant } from "@recallkit/core/ports";
import { textBook } from "@recallkit/http";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { openChannels } from "../../../channels.js";
import { type AddCommand, type CommandContext, checkedText, refusal, wholeNumber } from "../../../cli/command.js";
import { openExisting, openStores } from "../../../cli/database.js";
import { accountContext, commandConfig, noteChange } from "../../../cli/server-context.js";
import { orderAsked } from "../content.js";
import { createTask, type TaskDesk, type TaskMade } from "../create-task.js";
import { rowsOfFile } from "../file-rows.js";
import { orderFlags } from "../schema.js";
import { cancelTask, resendTask, type TaskReport, taskReport } from "../tasks.js";
import { recallTexts } from "../texts.js";

interface CreateFlags {
  readonly name?: string;
  readonly content?: string;
  readonly coupon?: number;
  readonly consent?: boolean;
  readonly sendAt?: string;
  readonly channels?: string;
  readonly fallBackAfterHours?: number;
}

const id = wholeNumber(1, 2_000_000_000);
const SHOWN = 20;

/** `recall create|report|cancel|resend`. A running server sends. */
export const addRecall: AddCommand = (program, { say, action }) => {
  const recall = program.command("recall").description(say("召回任务", "recall tasks"));
  recall
    .command("create")
    .argument(
      "<file>",
      say("名单：CSV 或 Excel，含用户名与联系方式两列", "a list: CSV or Excel with user_name and contact"),
    )
    .description(say("按名单召回，由运行中的服务发送", "recall the people of a list; a running server sends"))
    .option("--name <name>", say("任务名称", "name of the task"))
    .option("--content <text>", say("文案", "what the message says"))
    .option("--coupon <id>", say("优惠券编号", "id of the coupon"), id)
    .option("--consent", say("名单中的用户都已同意", "everybody on the list has agreed"))
    .option("--send-at <time>", say("发送时间，例如 2026-01-05 10:00:00", "when to send"))
    .option(
      "--channels <names>",
      say("触达渠道的顺序，例如 wecom,sms；默认只用联系方式所属的渠道", "an order of channels, such as wecom,sms"),
      checkedText((channels) => orderFlags.safeParse({ channels }).success, "wecom,sms"),
    )
    .option(
      "--fall-back-after-hours <hours>",
      say("成员超过该小时数未确认则改用下一渠道", "hours until the next channel has its turn"),
      wholeNumber(1, 120),
    )
    .action(action((context, file: string, flags: CreateFlags) => create(context, file, flags)));
  recall
    .command("report")
    .argument("<id>", say("任务编号", "id of the task"), id)
    .description(say("任务效果", "figures of a task"))
    .action(action((context, task: number) => withDesk(context, async (desk) => report(context, desk, task))));
  recall
    .command("cancel")
    .argument("<id>", say("任务编号", "id of the task"), id)
    .description(say("取消尚未发送的", "stop what has not been sent"))
    .action(action((context, task: number) => withDesk(context, async (desk) => cancel(context, desk, task))));
  recall
    .command("resend")
    .argument("<id>", say("任务编号", "id of the task"), id)
    .description(say("重发给确定没有收到的用户", "send again to those who certainly got nothing"))
    .action(
      action((context, task: number) =>
        withDesk(context, async (desk) => told(context, desk, "recalls.resend", await resendTask(desk, task))),
      ),
    );
};

async function create(context: CommandContext, file: string, flags: CreateFlags): Promise<void> {
  const rows = await rowsOfFile(file);
  const work = async (desk: TaskDesk) => {
    const { timeZone } = await desk.kit.tenant();
    const sendAt = flags.sendAt === undefined ? undefined : parseInstant(flags.sendAt, timeZone);
    if (flags.sendAt !== undefined && sendAt === undefined) throw refusal("input.invalid", "--send-at is no time");
    const { name, content, coupon: couponId, consent = false } = flags;
    const { channels } = orderFlags.parse({ channels: flags.channels });
    const order = orderAsked(channels, flags.fallBackAfterHours);
    const made = await createTask(desk, { rows, name, content, couponId, consent, sendAt, order });
    await told(context, desk, "recalls.create", made);
  };
  // A list may be the first that a database hears of.
  await withDesk(context, work, openStores);
}

async function report(context: CommandContext, desk: TaskDesk, task: number): Promise<void> {
  const { task: of, revenueMinor, ...figures }: TaskReport = await taskReport(desk, task);
  const answer = { recall_task_id: of.id, ...figures, revenue_minor: revenueMinor };
  context.answer(answer, () =>
    Object.entries(answer)
      .map(([name, value]) => `${name} ${value}`)
      .join("\n"),
  );
}

async function cancel(context: CommandContext, desk: TaskDesk, task: number): Promise<void> {
  const { state, deliveries } = await cancelTask(desk, task);
  await noteChange(context, desk, "recalls.cancel", task);
  context.answer({ recall_task_id: task, state, deliveries }, () => `#${task} ${state}`);
}

/** Tells what was made of a list. Nobody taken is no success. */
async function told(context: CommandContext, desk: TaskDesk, what: string, made: TaskMade): Promise<void> {
  const book = textBook(recallTexts);
  const language = context.say("zh", "en") === "zh" ? "zh" : "en";
  const rejected = made.rejected.map(({ index, ...issue }) => {
    return { index, path: issue.path, message: book.faultMessage(issue, language) };
  });
  const { id: recall_task_id, accepted } = made;
  if (recall_task_id !== null) await noteChange(context, desk, what, recall_task_id);
  context.answer({ recall_task_id, accepted, rejected }, () =>
    [
      context.say(
        `任务 ${recall_task_id ?? "–"}：接收 ${accepted}，拒绝 ${rejected.length}`,
        `task ${recall_task_id ?? "–"}: ${accepted} accepted, ${rejected.length} rejected`,
      ),
      ...rejected.slice(0, SHOWN).map(({ index, path, message }) => `${index + 1} ${path} ${message}`),
      ...(rejected.length > SHOWN ? ["…"] : []),
    ].join("\n"),
  );
  if (recall_task_id === null) throw refusal("input.invalid", "no row of the list could be taken");
}

/** Works on the command's tenant as the server would, without sending anything. */
async function withDesk(
  context: CommandContext,
  work: (desk: TaskDesk) => Promise<void>,
  open: (context: CommandContext) => Promise<SqlStores> = openExisting,
): Promise<void> {
  const config = { ...commandConfig(context), usesSimulators: false, usesSmsSimulator: false };
  const stores: SqlStores = await open(context);
  try {
    const { clock, keys } = await accountContext(context, stores);
    const { logger } = context;
    const channels = await openChannels({ config, stores, keys, clock, logger, shared: undefined });
    const kit = createRecallKit({
      ...{ stores, channels: channels.channels, clock, logger },
      ...(config.links && { links: config.links }),
      ...(config.secretKey !== undefined && { secretKey: config.secretKey }),
    });
    try {
      const tenant = kit.forTenant(context.tenantId);
      await tenant.tenant();
      await work({ stores, kit: tenant, clock, ids: systemIds, logger, actor: "cli" });
    } finally {
      await kit.close();
      await channels.close();
    }
  } catch (error) {
    await stores.close();
    throw error;
  }
}
