import { systemClock, systemRandom } from "@recallkit/core";
import type { AddCommand, CommandContext } from "../../../cli/command.js";
import { withKit } from "../../../cli/database.js";
import { withStores } from "../../../cli/schema-state.js";
import { noteChange } from "../../../cli/server-context.js";
import { type Merchant, merchantNamed } from "../merchant.js";
import { seedLeads } from "./seed.js";

/** `init-db` and `seed-db`, by the names that users of lead packages know. */
export const addDatabaseCommands: AddCommand = (program, { say, action }) => {
  program
    .command("init-db")
    .description(
      say("建立或升级数据库表结构（同 migrate up）", "make or update the database schema (the same as migrate up)"),
    )
    .action(action((context) => init(context)));
  program
    .command("seed-db")
    .description(
      say("填充线索数据包的测试数据；已有数据包时不做任何修改", "add sample lead packages, unless there are packages"),
    )
    .action(action((context) => seed(context)));
};

async function init(context: CommandContext): Promise<void> {
  const applied = await withStores(context, (stores) => stores.migrate());
  context.answer({ applied: applied.length }, () =>
    context.say(`已应用 ${applied.length} 步`, `${applied.length} steps applied`),
  );
}

async function seed(context: CommandContext): Promise<void> {
  await withKit(context, async (_, kit) => {
    const parts = { kit, stores: kit.stores, clock: systemClock, random: systemRandom };
    // Settings of the server are asked for by routes only.
    const merchant = await merchantNamed(parts as unknown as Merchant["context"], context.tenantId);
    const seeded = await seedLeads(merchant);
    if (seeded.packages > 0)
      await noteChange(context, { stores: kit.stores, clock: systemClock }, "seed-db", context.tenantId);
    context.answer(seeded, () =>
      context.say(
        `数据包 ${seeded.packages}，任务 ${seeded.tasks}，线索 ${seeded.leads}，通话 ${seeded.calls}`,
        `${seeded.packages} packages, ${seeded.tasks} tasks, ${seeded.leads} leads, ${seeded.calls} calls`,
      ),
    );
  });
}
