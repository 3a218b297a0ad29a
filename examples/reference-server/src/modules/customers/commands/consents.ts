import type { AddCommand } from "../../../cli/command.js";
import { withKit } from "../../../cli/database.js";
import { CONSENT_FIELDS, type ConsentDefaults, importConsents } from "../import-consents.js";
import { type ListFlags, listFlags, runListImport } from "./list-flags.js";

/** `consents import FILE`. */
export const addConsents: AddCommand = (program, { say, action }) => {
  const consents = program.command("consents").description(say("客户的同意", "consents of people"));
  const command = consents
    .command("import")
    .description(
      say(
        `导入同意或撤回（${CONSENT_FIELDS.join(",")}）`,
        `import consents and withdrawals (${CONSENT_FIELDS.join(",")})`,
      ),
    )
    .argument("<file>")
    .option("--channel <name>", say("没有渠道列时的渠道，* 为全部", "channel of rows without one; * means all"))
    .option("--source <text>", say("没有来源列时的来源（默认 import）", "source of rows without one (default import)"));
  listFlags(command, say).action(
    action((context, file: string, { channel, source, ...flags }: ListFlags & ConsentDefaults) =>
      withKit(context, async (kit) => {
        const done = await runListImport(context, file, CONSENT_FIELDS, flags, (how) =>
          importConsents(kit, file, { channel, source }, how),
        );
        context.answer(done, () => {
          const { inserted, unchanged, rejected } = done;
          return say(
            `同意：新增 ${inserted}，不变 ${unchanged}，拒绝 ${rejected.count}`,
            `consents: ${inserted} new, ${unchanged} unchanged, ${rejected.count} rejected`,
          );
        });
      }),
    ),
  );
};
