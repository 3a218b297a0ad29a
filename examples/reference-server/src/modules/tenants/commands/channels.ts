import { readFile } from "node:fs/promises";
import { ConfigError } from "@recallkit/core";
import { type AddCommand, type CommandContext, wholeNumber } from "../../../cli/command.js";
import { withKit } from "../../../cli/database.js";
import { accountContext, noteChange } from "../../../cli/server-context.js";
import { type ChannelAccount, channelAccounts, removeAccount, setWecomAccount } from "../service.js";

interface WecomFlags {
  readonly corpId: string;
  readonly secretFile: string;
  readonly agentId?: number;
  readonly miniProgramAppId?: string;
}

/** `channels list|set-wecom|remove-wecom`: accounts of the command's tenant at providers. */
export const addChannels: AddCommand = (program, { say, action }) => {
  const channels = program.command("channels").description(say("渠道账号", "channel accounts"));
  channels
    .command("list")
    .description(say("列出渠道账号，不含密钥", "list accounts, without secrets"))
    .action(action((context) => list(context)));
  channels
    .command("set-wecom")
    .description(say("保存企业微信账号，密钥加密", "keep a WeCom account, its secret sealed"))
    .requiredOption("--corp-id <id>", say("企业 ID", "id of the corp"))
    .requiredOption(
      "--secret-file <path>",
      say("从文件第一行读取应用 Secret", "read the app's secret from the first line of a file"),
    )
    .option("--agent-id <id>", say("应用 AgentId", "id of the app"), wholeNumber(1, 2_000_000_000))
    .option("--mini-program-app-id <id>", say("小程序 AppID", "mini program of cards"))
    .action(action((context, flags: WecomFlags) => setWecom(context, flags)));
  channels
    .command("remove-wecom")
    .description(say("删除企业微信账号", "forget the WeCom account"))
    .action(action((context) => removeWecom(context)));
};

async function list(context: CommandContext): Promise<void> {
  await withKit(context, async (_, { stores }) => {
    const accounts = (await channelAccounts({ stores }, context.tenantId)).map(shape);
    context.answer({ accounts }, () => accounts.map(({ channel, corp_id }) => `${channel} ${corp_id}`).join("\n"));
  });
}

async function setWecom(context: CommandContext, flags: WecomFlags): Promise<void> {
  const secret = await secretIn(flags.secretFile);
  await withKit(context, async (_, { stores }) => {
    const server = await accountContext(context, stores);
    const { corpId, agentId = null, miniProgramAppId = null } = flags;
    const kept = await setWecomAccount(server, context.tenantId, { corpId, secret, agentId, miniProgramAppId });
    await noteChange(context, server, "channels.set", kept.channel);
    context.answer(shape(kept), () => `${kept.channel} ${kept.corpId}`);
  });
}

async function removeWecom(context: CommandContext): Promise<void> {
  await withKit(context, async (_, { stores }) => {
    const server = await accountContext(context, stores);
    await removeAccount(server, context.tenantId, "wecom");
    await noteChange(context, server, "channels.remove", "wecom");
    context.answer({ removed: true }, () => context.say("已删除", "removed"));
  });
}

function shape({ channel, corpId, agentId, miniProgramAppId, updatedAt }: ChannelAccount) {
  return { channel, corp_id: corpId, agent_id: agentId, mini_program_app_id: miniProgramAppId, updated_at: updatedAt };
}

async function secretIn(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new ConfigError("config.invalid", "--secret-file", "the secret file cannot be read", { cause });
  });
  const [secret = ""] = text.split(/\r?\n/);
  if (/^[\x21-\x7e]{1,255}$/.test(secret)) return secret;
  throw new ConfigError("config.invalid", "--secret-file", "the first line of the file is no secret");
}
