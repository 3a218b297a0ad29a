import type { CommandContext } from "../../../cli/command.js";
import { alignedTable } from "../../../cli/table.js";
import { accountClient } from "./client.js";

/** Lists the corp's tags by group. */
export async function tags(context: CommandContext): Promise<void> {
  const { client } = await accountClient(context);
  const groups = (await client.getCorpTagList()).map(({ group_id, group_name, tag }) => ({
    group_id,
    group_name: group_name ?? "",
    tags: tag.map(({ id, name }) => ({ id, name })),
  }));
  context.answer({ groups }, () =>
    groups.length === 0
      ? context.say("没有企业标签", "no corp tags")
      : alignedTable(groups.flatMap((group) => group.tags.map(({ id, name }) => [group.group_name, name, id]))),
  );
}
