import { RecallKitError } from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type AddCommand, type CommandContext, commandGroup, refusal } from "../../../cli/command.js";
import { withStores } from "../../../cli/schema-state.js";
import { commandConfig } from "../../../cli/server-context.js";
import { askStores, STORE_NAMES, type StoreAnswer } from "../../projections/service.js";

/** Names of the ledger's engines, as people know them. */
export const LEDGER_NAMES = { sqlite: "SQLite", postgres: "PostgreSQL", mysql: "MySQL" } as const;

/** `revisit check`: what is there of the four stores. */
export const addCheck: AddCommand = (program, { say, action }) => {
  commandGroup(program, "revisit", say("客户回访", "customer revisits"))
    .command("check")
    .description(say("系统检查：四个存储各自的状态", "system check: how each of the four stores is"))
    .action(action((context) => check(context)));
};

/** A line of the check. */
interface CheckLine {
  readonly name: string;
  readonly state: StoreAnswer["state"];
  readonly detail: string;
}

async function check(context: CommandContext): Promise<void> {
  const lines = await checkLines(context);
  const missing = lines.filter(({ state }) => state === "failing");
  context.answer({ ok: missing.length === 0, stores: lines }, () =>
    lines.map((line) => lineText(context, line)).join("\n"),
  );
  if (missing.length > 0) throw refusal("doctor.missing", `not ready: ${missing.map(({ name }) => name).join(", ")}`);
}

/** How each of the four stores is, in the order of the document. */
async function checkLines(context: CommandContext): Promise<readonly CheckLine[]> {
  const settings = commandConfig(context).projections;
  const name = LEDGER_NAMES[context.database().engine];
  const transport = undiciTransport();
  try {
    return await withStores(context, async (stores) => {
      const ledger = { name, ...(await ledgerState(stores)) };
      const answers = await askStores({ stores, transport, settings });
      return [ledger, ...answers.map(({ store, ...rest }) => ({ name: STORE_NAMES[store], ...rest }))];
    });
  } catch (error) {
    if (!RecallKitError.is(error) || !error.code.startsWith("storage.")) throw error;
    return [{ name, state: "failing", detail: error.code }];
  } finally {
    await transport.close();
  }
}

async function ledgerState(stores: SqlStores): Promise<Omit<CheckLine, "name">> {
  try {
    if (await stores.isEmpty()) return { state: "failing", detail: "storage.schema-outdated" };
    await stores.assertMigrated();
    return { state: "ok", detail: "Connected" };
  } catch (error) {
    return { state: "failing", detail: RecallKitError.is(error) ? error.code : "storage.unavailable" };
  }
}

/** A line as the document prints it. */
function lineText({ say }: CommandContext, { name, state, detail }: CheckLine): string {
  if (state === "failing") return `❌ ${name}: ${detail}`;
  if (state === "off") return `○ ${name}: ${say("由账本代替，未启用", "not enabled, the ledger answers instead")}`;
  const words: Readonly<Record<string, string>> = {
    NebulaGraph: `Space: ${detail}`,
    Qdrant: say(`集合数: ${detail}`, `collections: ${detail}`),
  };
  return `✅ ${name}: ${words[name] ?? detail}`;
}
