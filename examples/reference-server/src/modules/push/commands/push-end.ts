import { systemClock, type TaskResult, type TenantKit } from "@recallkit/core";
import { type AddCommand, type CommandContext, wholeNumber } from "../../../cli/command.js";
import { withExisting } from "../../../cli/database.js";
import { noteChange } from "../../../cli/server-context.js";
import { readConfig } from "../../../config.js";
import { engineWithChannels } from "./push-run.js";

/** `push cancel ID` and `push remind ID`, below `push`. */
export const addPushEnd: AddCommand = (push, { say, action }) => {
  const occurrence = ["<occurrence>", say("触发编号", "id of the occurrence"), wholeNumber(1, 9_999_999_999)] as const;
  push
    .command("cancel")
    .description(say("取消一次推送：未发送的不再发送", "end a push: nothing more is sent"))
    .argument(...occurrence)
    .option("--no-tasks", say("不取消服务商处等待确认的任务", "leave tasks at the provider that wait for staff"))
    .action(action((context, id: number, flags: { readonly tasks: boolean }) => cancel(context, id, flags.tasks)));
  push
    .command("remind")
    .description(say("提醒成员确认群发任务", "remind staff of tasks that they have not confirmed"))
    .argument(...occurrence)
    .action(action((context, id: number) => remind(context, id)));
};

/** Works with the accounts of the environment: tasks are the provider's. */
async function withChannels(
  context: CommandContext,
  action: string,
  id: number,
  work: (kit: TenantKit) => Promise<void>,
) {
  await withExisting(context, async (_, { stores }) => {
    const { engine, close } = await engineWithChannels(context, stores, readConfig(context.io.env, "worker"));
    try {
      await work(engine.forTenant(context.tenantId));
      await noteChange(context, { stores, clock: systemClock }, action, id);
    } finally {
      await close();
    }
  });
}

function tasksOf({ done, failed }: TaskResult) {
  return { done, failed: failed.map(({ batchId, code }) => ({ batch_id: batchId, code })) };
}

async function cancel(context: CommandContext, id: number, tasks: boolean): Promise<void> {
  await withChannels(context, "push.cancel", id, async (kit) => {
    const { occurrence, tasks: ended } = await kit.occurrences.cancel(id, { tasks });
    const answer = { occurrence_id: id, state: occurrence.state, tasks: tasksOf(ended) };
    context.answer(answer, () =>
      context.say(
        `#${id} ${occurrence.state}，撤销任务 ${ended.done}，失败 ${ended.failed.length}`,
        `#${id} ${occurrence.state}, ${ended.done} tasks called off, ${ended.failed.length} failed`,
      ),
    );
  });
}

async function remind(context: CommandContext, id: number): Promise<void> {
  await withChannels(context, "push.remind", id, async (kit) => {
    const told = await kit.occurrences.remind(id);
    context.answer({ occurrence_id: id, tasks: tasksOf(told) }, () =>
      context.say(
        `#${id} 已提醒 ${told.done} 个任务，失败 ${told.failed.length}`,
        `#${id}: reminded of ${told.done} tasks, ${told.failed.length} failed`,
      ),
    );
  });
}
