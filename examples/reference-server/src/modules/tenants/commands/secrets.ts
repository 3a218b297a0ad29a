import type { AddCommand, CommandContext } from "../../../cli/command.js";
import { withExisting } from "../../../cli/database.js";
import { accountContext, noteChange } from "../../../cli/server-context.js";
import { rotateSecrets } from "../service.js";

/** `secrets rotate`. */
export const addSecrets: AddCommand = (program, { say, action }) => {
  const secrets = program.command("secrets").description(say("加密密钥", "sealing keys"));
  secrets
    .command("rotate")
    .description(
      say(
        "用 SECRET_KEY 重新加密全部渠道账号；旧密钥放在 SECRET_KEY_PREVIOUS",
        "seal all channel accounts anew under SECRET_KEY; the old one goes to SECRET_KEY_PREVIOUS",
      ),
    )
    .action(action((context) => rotate(context)));
};

async function rotate(context: CommandContext): Promise<void> {
  await withExisting(context, async (_, { stores }) => {
    const server = await accountContext(context, stores);
    const { rotated, unchanged } = await rotateSecrets(server);
    await noteChange(context, server, "secrets.rotate", null);
    context.answer({ rotated, unchanged }, () =>
      context.say(
        `已重新加密 ${rotated} 个，无需改动 ${unchanged} 个；现在可以去掉 SECRET_KEY_PREVIOUS`,
        `${rotated} sealed anew, ${unchanged} unchanged; SECRET_KEY_PREVIOUS may go now`,
      ),
    );
  });
}
