import { formatLocal } from "@recallkit/core/ports";
import { type AddCommand, type CommandContext, wholeNumber } from "../../../cli/command.js";
import { timeZoneOf, withExisting } from "../../../cli/database.js";
import { alignedTable } from "../../../cli/table.js";
import { listEntries } from "../store.js";

interface ListFlags {
  readonly target?: string;
  readonly action?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** `audit list`: who changed what. */
export const addAudit: AddCommand = (program, { say, action }) => {
  const audit = program.command("audit").description(say("审计记录", "audit log"));
  audit
    .command("list")
    .description(say("谁在何时改了什么，最新的在前", "who changed what and when, newest first"))
    .option("--target <id>", say("只看这个对象", "only of this thing"))
    .option("--action <text>", say("只看以此开头的动作", "only actions that begin with this"))
    .option("--limit <n>", say("条数，1 至 200", "how many, 1 to 200"), wholeNumber(1, 200), 50)
    .option("--cursor <cursor>", say("上一页的 next_cursor", "next_cursor of the page before"))
    .action(action((context, flags: ListFlags) => list(context, flags)));
};

async function list(context: CommandContext, flags: ListFlags): Promise<void> {
  const { say } = context;
  await withExisting(context, async (kit, { stores }) => {
    const zone = await timeZoneOf(context, kit, undefined);
    const page = await listEntries(stores, context.tenantId, flags);
    const items = page.items.map(({ id, actor, actorName, action, target, requestId, ip, at, note = null }) => {
      return { id, actor, actor_name: actorName, action, target, request_id: requestId, ip, note, at };
    });
    context.answer({ items, next_cursor: page.nextCursor }, () =>
      items.length === 0
        ? say("没有", "none")
        : alignedTable([
            [say("时间", "when"), say("谁", "who"), say("动作", "action"), say("对象", "target")],
            ...items.map((row) => [
              formatLocal(row.at, zone),
              row.actor_name ?? row.actor,
              row.action,
              row.target ?? "–",
            ]),
          ]),
    );
  });
}
