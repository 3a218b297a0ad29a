import { createWecomClient, type WecomClient } from "@recallkit/wecom";
import { type CommandContext, refusal } from "../../../cli/command.js";
import { commandConfig } from "../../../cli/server-context.js";
import { wecomAccountOf } from "../../../cli/wecom-account.js";

/** A client of the tenant's account. @throws {RecallKitError} `channel.misconfigured` with the command to run */
export async function accountClient(
  context: CommandContext,
): Promise<{ readonly corpId: string; readonly agentId: number | undefined; readonly client: WecomClient }> {
  const account = await wecomAccountOf(context, commandConfig(context));
  if (!account) {
    throw refusal(
      "channel.misconfigured",
      `tenant ${context.tenantId} has no WeCom account`,
      "run `recallkit channels set-wecom`, or set WECOM_CORP_ID and WECOM_SECRET",
    );
  }
  const { corpId, secret, baseUrl, agentId } = account;
  return { corpId, agentId, client: createWecomClient({ corpId, secret, baseUrl, logger: context.logger }) };
}
