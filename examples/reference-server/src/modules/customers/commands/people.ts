import { writeFile } from "node:fs/promises";
import { systemClock } from "@recallkit/core";
import { type AddCommand, type CommandContext, refusal } from "../../../cli/command.js";
import { withExisting } from "../../../cli/database.js";
import { noteChange } from "../../../cli/server-context.js";

interface PersonFlags {
  readonly key: string;
  readonly out?: string;
  readonly yes?: boolean;
}

interface MergeFlags {
  readonly into: string;
  readonly from: string;
  readonly yes?: boolean;
}

/** `people export|erase|merge`. */
export const addPeople: AddCommand = (program, { say, action }) => {
  const people = program
    .command("people")
    .description(say("个人信息：查阅、删除、合并", "persons: export, erase, merge"));
  const key = say("客户导入键", "import key of the customer");
  people
    .command("export")
    .description(say("导出一个人的全部数据（JSON）", "export everything about one person as JSON"))
    .requiredOption("--key <key>", key)
    .option("--out <file>", say("写入文件，否则打印", "write to a file instead of printing"))
    .action(action((context, flags: PersonFlags) => exportOne(context, flags)));
  people
    .command("erase")
    .description(say("删除一个人的身份信息，统计数字不变", "take away what names one person; figures stay"))
    .requiredOption("--key <key>", key)
    .option("--yes", say("确认：不可恢复", "confirm: it cannot be undone"))
    .action(action((context, flags: PersonFlags) => eraseOne(context, flags)));
  people
    .command("merge")
    .description(say("把同一个人的两条客户记录合为一条", "make one customer of two who are one person"))
    .requiredOption("--into <key>", say("保留的客户的导入键", "import key of the customer who goes on"))
    .requiredOption("--from <key>", say("并入的客户的导入键", "import key of the other one"))
    .option("--yes", say("确认：不可恢复", "confirm: it cannot be undone"))
    .action(action((context, flags: MergeFlags) => mergeTwo(context, flags)));
};

async function exportOne(context: CommandContext, { key, out }: PersonFlags): Promise<void> {
  const record = await withExisting(context, async (kit, { stores }) => {
    const person = await kit.customers.export(key);
    await noteChange(context, { stores, clock: systemClock }, "people.export", person.customer.id);
    return person;
  });
  if (out === undefined) {
    context.answer({ person: record }, () => JSON.stringify(record, null, 2));
    return;
  }
  await writeFile(out, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  context.answer({ file: out }, () => context.say(`已写入 ${out}`, `written to ${out}`));
}

async function eraseOne(context: CommandContext, { key, yes }: PersonFlags): Promise<void> {
  if (!yes) throw refusal("erasure.unconfirmed", "an erasure cannot be undone; add --yes");
  await withExisting(context, async (kit, { stores }) => {
    const { customerId, orders, deliveries, addressesPending } = await kit.customers.erase(key);
    await noteChange(context, { stores, clock: systemClock }, "people.erase", customerId);
    const figures = { customer_id: customerId, orders, deliveries, addresses_pending: addressesPending };
    context.answer(figures, () =>
      context.say(
        `已删除身份信息；保留无名订单 ${orders}、投递 ${deliveries}；${addressesPending} 个地址待推送结束后清除`,
        `name taken away; ${orders} orders and ${deliveries} deliveries stay without it; ${addressesPending} addresses go when their pushes end`,
      ),
    );
  });
}

async function mergeTwo(context: CommandContext, { into, from, yes }: MergeFlags): Promise<void> {
  if (!yes) throw refusal("merge.unconfirmed", "a merge cannot be undone; add --yes");
  await withExisting(context, async (kit, { stores }) => {
    const { customerId, ...moved } = await kit.customers.merge(into, from);
    await noteChange(context, { stores, clock: systemClock }, "people.merge", customerId);
    context.answer({ customer_id: customerId, ...moved }, () =>
      context.say(
        `已合并：归入订单 ${moved.orders}、投递 ${moved.deliveries}、免打扰 ${moved.suppressions}、标签 ${moved.labels}、身份 ${moved.identities}`,
        `merged: ${moved.orders} orders, ${moved.deliveries} deliveries, ${moved.suppressions} suppressions, ${moved.labels} labels, ${moved.identities} identities`,
      ),
    );
  });
}
