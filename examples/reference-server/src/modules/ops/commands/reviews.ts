import { type Batch, type BatchState, REVIEW_DECISIONS, type ReviewDecision, systemClock } from "@recallkit/core";
import { Option } from "commander";
import { type AddCommand, type CommandContext, wholeNumber } from "../../../cli/command.js";
import { withExisting } from "../../../cli/database.js";
import { noteChange } from "../../../cli/server-context.js";
import { alignedTable } from "../../../cli/table.js";

const batchNumber = wholeNumber(1, 9_999_999_999);

/** `reviews list|decide` and `dead-letters list|redrive`. */
export const addReviews: AddCommand = (program, { say, action }) => {
  const reviews = program.command("reviews").description(say("待核实的批次", "batches in review"));
  reviews
    .command("list")
    .description(say("列出待核实的批次", "list batches in review"))
    .action(action((context) => list(context, "needs_review")));
  reviews
    .command("decide")
    .description(say("写下核实结论", "decide on a batch in review"))
    .argument("<batch>", say("批次编号", "number of the batch"), batchNumber)
    .addOption(
      new Option(
        "--as <decision>",
        say(
          "accepted 已发送，rejected 未发送，pending 未发送且重发",
          "accepted: sent; rejected: not sent; pending: send again",
        ),
      )
        .choices([...REVIEW_DECISIONS])
        .makeOptionMandatory(),
    )
    .action(action((context, id: number, flags: { readonly as: ReviewDecision }) => decide(context, id, flags.as)));

  const dead = program.command("dead-letters").description(say("死信批次", "dead batches"));
  dead
    .command("list")
    .description(say("列出死信批次", "list dead batches"))
    .action(action((context) => list(context, "dead")));
  dead
    .command("redrive")
    .description(say("再试一次", "try again"))
    .argument("<batch>", say("批次编号", "number of the batch"), batchNumber)
    .action(action((context, id: number) => redrive(context, id)));
};

async function list(context: CommandContext, state: BatchState): Promise<void> {
  await withExisting(context, async (kit) => {
    const { items, nextCursor } = await kit.batches.list({ states: [state], limit: 200 });
    context.answer({ batches: items.map(shape), more: nextCursor !== null }, () =>
      items.length === 0
        ? context.say("没有", "none")
        : alignedTable(
            items.map(({ id, occurrenceId, channel, size, reason }) => [
              `#${id}`,
              `occurrence ${occurrenceId}`,
              channel,
              String(size),
              reason ?? "",
            ]),
          ),
    );
  });
}

async function decide(context: CommandContext, id: number, decision: ReviewDecision): Promise<void> {
  await withExisting(context, async (kit, { stores }) => {
    const batch = await kit.batches.decide(id, decision);
    await noteChange(context, { stores, clock: systemClock }, `reviews.${decision}`, id);
    context.answer(shape(batch), () => `#${id} ${batch.state}`);
  });
}

async function redrive(context: CommandContext, id: number): Promise<void> {
  await withExisting(context, async (kit, { stores }) => {
    const batch = await kit.batches.redrive(id);
    await noteChange(context, { stores, clock: systemClock }, "dead-letters.redrive", id);
    context.answer(shape(batch), () => `#${id} ${batch.state}`);
  });
}

function shape({ id, occurrenceId, channel, number, state, reason, size, attempts }: Batch) {
  return { id, occurrence_id: occurrenceId, channel, number, state, reason, size, attempts };
}
