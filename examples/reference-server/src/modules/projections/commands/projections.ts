import { InputError, systemClock } from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type AddCommand, type CommandContext, wholeNumber } from "../../../cli/command.js";
import { withExisting } from "../../../cli/database.js";
import { progressDisplay } from "../../../cli/progress.js";
import { commandConfig, noteChange } from "../../../cli/server-context.js";
import { alignedTable } from "../../../cli/table.js";
import { restartTarget } from "../checkpoints.js";
import { projectOnce } from "../projector.js";
import { openProjections, projectionStatuses, targetNames } from "../service.js";

/** `projections list|run|replay`. */
export const addProjections: AddCommand = (program, { say, action }) => {
  const group = program
    .command("projections")
    .description(say("账本之外的存储：分析、图谱、向量", "stores beside the ledger: figures, relations, likeness"));
  group
    .command("list")
    .description(say("列出投影与延迟", "list projections and how far they are"))
    .action(action((context) => list(context)));
  group
    .command("run")
    .description(say("立即同步一次", "bring them up to the ledger now"))
    .option("--target <name>", say("只同步一个", "only one of them"))
    .option("--page <rows>", say("每次写入的条数", "facts of one hand-over"), wholeNumber(1, 1000), 1000)
    .action(action((context, flags: RunFlags) => run(context, flags)));
  group
    .command("replay")
    .description(say("清空一个投影并从头写入", "clear one and write it from nothing"))
    .argument("<target>")
    .action(action((context, target: string) => replay(context, target)));
};

interface RunFlags {
  readonly target?: string;
  readonly page: number;
}

async function list(context: CommandContext): Promise<void> {
  await withExisting(context, async (_, { stores }) => {
    const all = await projectionStatuses(stores, commandConfig(context).projections);
    context.answer({ projections: all }, () =>
      alignedTable([
        [context.say("投影", "projection"), context.say("状态", "state"), context.say("落后", "behind"), "facts", ""],
        ...all.map(({ target, state, lag, facts, lastError }) => [
          target,
          state,
          String(lag),
          String(facts),
          lastError ?? "",
        ]),
      ]),
    );
  });
}

async function run(context: CommandContext, { target, page }: RunFlags): Promise<void> {
  await withExisting(context, async (_, { stores }) => {
    const results = await bringUp(context, stores, target, page);
    context.answer({ results }, () =>
      results.map(({ name, facts, error }) => `${error ? "❌" : "✅"} ${name}: ${error ?? facts}`).join("\n"),
    );
  });
}

async function replay(context: CommandContext, target: string): Promise<void> {
  assertTarget(context, target);
  await withExisting(context, async (_, { stores }) => {
    await restartTarget(stores, target, systemClock.now());
    await noteChange(context, { stores, clock: systemClock }, "projections.replay", target);
    const results = await bringUp(context, stores, target, 1000);
    context.answer({ results }, () =>
      results.map(({ name, facts, error }) => `${error ? "❌" : "✅"} ${name}: ${error ?? facts}`).join("\n"),
    );
  });
}

async function bringUp(context: CommandContext, stores: SqlStores, only: string | undefined, pageSize: number) {
  if (only !== undefined) assertTarget(context, only);
  const settings = commandConfig(context).projections;
  const transport = undiciTransport();
  const open = await openProjections({ stores, transport, settings });
  const display = progressDisplay(context.io);
  const results: { readonly name: string; readonly facts: number; readonly error: string | null }[] = [];
  try {
    for (const target of open.targets) {
      if (only !== undefined && target.name !== only) continue;
      const { lag = 0 } = (await projectionStatuses(stores, settings)).find((one) => one.target === target.name) ?? {};
      const done = await projectOnce({ stores, clock: systemClock }, target, {
        signal: context.io.signal,
        pageSize,
        onProgress: ({ facts }) => display.show(target.name, facts, Math.max(lag, facts)),
      });
      if (done.error === null) display.finish();
      results.push({ name: target.name, ...done });
    }
  } finally {
    display.stop();
    await open.close();
    await transport.close();
  }
  return results;
}

function assertTarget(context: CommandContext, target: string): void {
  const names = targetNames(commandConfig(context).projections);
  if (names.includes(target)) return;
  const message = context.say(`应为 ${names.join("、")} 之一`, `must be one of ${names.join(", ")}`);
  throw new InputError([{ path: "target", code: "projection.unknown", message }]);
}
