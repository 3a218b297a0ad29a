import { BOOTSTRAP_TENANT_ID } from "@recallkit/core/ports";
import type { AddCommand, CommandContext } from "../../../cli/command.js";
import { withKit } from "../../../cli/database.js";
import { accountContext, commandConfig } from "../../../cli/server-context.js";
import { sidebarKey } from "../../service-inbox/service.js";
import { callbackSettings } from "../accounts.js";

/** `wecom-callbacks`: what to fill in where WeCom's console asks for the address of callbacks. */
export const addWecomCallbacks: AddCommand = (program, { say, action }) => {
  program
    .command("wecom-callbacks")
    .description(
      say(
        "企业微信后台「接收消息」要填写的地址、Token、EncodingAESKey",
        "address, Token and EncodingAESKey for WeCom's console",
      ),
    )
    .action(action((context) => show(context)));
};

async function show(context: CommandContext): Promise<void> {
  const { tenantId } = context;
  await withKit(context, async (_, { stores }) => {
    const { wecomCallback } = commandConfig(context);
    const isGiven = tenantId === BOOTSTRAP_TENANT_ID && wecomCallback !== undefined;
    const keys = await accountContext(context, stores);
    const made = callbackSettings(keys, tenantId);
    const { accountKey, token, encodingAesKey } = isGiven ? { accountKey: "default", ...wecomCallback } : made;
    const sidebar = tenantId === BOOTSTRAP_TENANT_ID ? "/sidebar" : `/sidebar?account=${sidebarKey(keys, tenantId)}`;
    const settings = {
      ...{ path: `/api/callbacks/wecom/${accountKey}`, token, encoding_aes_key: encodingAesKey },
      sidebar_path: sidebar,
    };
    const lines = [settings.path, `Token ${token}`, `EncodingAESKey ${encodingAesKey}`, `Sidebar ${sidebar}`];
    context.answer(settings, () => lines.join("\n"));
  });
}
