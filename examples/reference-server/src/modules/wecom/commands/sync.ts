import { appendFile, writeFile } from "node:fs/promises";
import { type SyncOptions, syncContacts, type UnmatchedContact } from "@recallkit/wecom";
import type { CommandContext } from "../../../cli/command.js";
import { withKit } from "../../../cli/database.js";
import { accountContext, noteChange } from "../../../cli/server-context.js";
import { accountClient } from "./client.js";

/** Flags of `wecom sync`. */
export interface SyncFlags {
  readonly mode: "full" | "incremental";
  readonly create?: boolean;
  readonly keyInRemark?: boolean;
  readonly restart?: boolean;
  readonly unmatched?: string;
}

const COLUMNS = ["external_userid", "staff", "name", "remark", "unionid", "customer_key"] as const;

/** Brings the contacts of the tenant's account to its customers. */
export async function sync(context: CommandContext, flags: SyncFlags): Promise<void> {
  const { corpId, client } = await accountClient(context);
  await withKit(context, async (kit, { stores }) => {
    const { unmatched: file } = flags;
    if (file !== undefined) await writeFile(file, `\uFEFF${COLUMNS.join(",")}\n`);
    const options: SyncOptions = {
      stores,
      mode: flags.mode,
      unmatched: flags.create ? "create" : "report",
      restart: flags.restart ?? false,
      name: corpId,
      ...(flags.keyInRemark && { keyOf: ({ follow_info }) => follow_info.remark }),
      ...(file !== undefined && { onUnmatched: (contacts) => appendFile(file, contacts.map(lineOf).join("")) }),
      onProgress: ({ membersDone, members, contacts }) =>
        context.note(
          context.say(
            `成员 ${membersDone}/${members}，联系人 ${contacts}`,
            `members ${membersDone}/${members}, contacts ${contacts}`,
          ),
        ),
    };
    const result = await syncContacts(client, kit, options);
    await noteChange(context, await accountContext(context, stores), "wecom sync", corpId);
    const { contacts, matched, created, unmatched, conflicts, members, unlicensed, resumed } = result;
    const found = matched.external_userid + matched.unionid + matched.mobile + matched.key;
    context.answer({ contacts, matched, created, unmatched, conflicts, members, unlicensed, resumed }, () =>
      context.say(
        `联系人 ${contacts}：对上 ${found}，新建 ${created}，对不上 ${unmatched}，有疑问 ${conflicts}`,
        `contacts ${contacts}: found ${found}, added ${created}, without a customer ${unmatched}, in doubt ${conflicts}`,
      ),
    );
  });
}

function lineOf(contact: UnmatchedContact): string {
  const { externalUserid, userid, name, remark, unionid, candidates } = contact;
  return `${[externalUserid, userid, name, remark, unionid, candidates.join(" ")].map(cell).join(",")}\n`;
}

/** A cell of CSV; text that a spreadsheet would calculate is kept from it by a quote. */
function cell(text = ""): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
