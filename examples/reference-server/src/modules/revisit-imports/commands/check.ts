import { RecallKitError } from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import { type AddCommand, type CommandContext, commandGroup, refusal } from "../../../cli/command.js";
import { withStores } from "../../../cli/schema-state.js";
import { commandConfig } from "../../../cli/server-context.js";
import { LEDGER_NAMES, type StoreLine, storeLines, storeText } from "../store-lines.js";

/** `revisit check`: what is there of the four stores. */
export const addCheck: AddCommand = (program, { say, action }) => {
  commandGroup(program, "revisit", say("客户回访", "customer revisits"))
    .command("check")
    .description(say("系统检查：四个存储各自的状态", "system check: how each of the four stores is"))
    .action(action((context) => check(context)));
};

async function check(context: CommandContext): Promise<void> {
  const lines = await checkLines(context);
  const missing = lines.filter(({ state }) => state === "failing");
  context.answer({ ok: missing.length === 0, stores: lines }, () =>
    lines.map((line) => lineText(context, line)).join("\n"),
  );
  if (missing.length > 0) throw refusal("doctor.missing", `not ready: ${missing.map(({ name }) => name).join(", ")}`);
}

async function checkLines(context: CommandContext): Promise<readonly StoreLine[]> {
  const settings = commandConfig(context).projections;
  const { engine } = context.database();
  const transport = undiciTransport();
  try {
    return await withStores(context, (stores) => storeLines(engine, { stores, transport, settings }));
  } catch (error) {
    if (!RecallKitError.is(error) || !error.code.startsWith("storage.")) throw error;
    return [{ name: LEDGER_NAMES[engine], state: "failing", detail: error.code }];
  } finally {
    await transport.close();
  }
}

/** A line as the document prints it. */
function lineText({ say }: CommandContext, line: StoreLine): string {
  const { name, state, detail } = line;
  if (state === "failing") return `❌ ${name}: ${detail}`;
  if (state === "off") return `○ ${name}: ${say("由账本代替，未启用", "not enabled, the ledger answers instead")}`;
  return `✅ ${name}: ${storeText(line, say)}`;
}
