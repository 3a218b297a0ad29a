import { readFile } from "node:fs/promises";
import { ConfigError } from "@recallkit/core";
import { parseWith } from "@recallkit/http";
import { type AddCommand, type CommandContext, wholeNumber } from "../../../cli/command.js";
import { withExisting, withKit } from "../../../cli/database.js";
import { accountContext, noteChange } from "../../../cli/server-context.js";
import {
  type AccountChannel,
  type ChannelAccount,
  channelAccounts,
  removeAccount,
  setSmsAccount,
  setWecomAccount,
} from "../service.js";
import { smsAccountBody, smsAccountOf } from "../sms-account-body.js";

interface WecomFlags {
  readonly corpId: string;
  readonly secretFile: string;
  readonly agentId?: number;
  readonly miniProgramAppId?: string;
}

/** `channels list|set-wecom|remove-wecom|set-sms|remove-sms`: accounts of the command's tenant at providers. */
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
    .action(action((context) => remove(context, "wecom")));
  channels
    .command("set-sms")
    .description(say("保存短信服务商账号，密钥加密", "keep an account at providers of SMS, sealed"))
    .requiredOption("--file <path>", say("JSON 文件，格式同 channel-accounts/sms", "JSON as of channel-accounts/sms"))
    .action(action((context, flags: { readonly file: string }) => setSms(context, flags)));
  channels
    .command("remove-sms")
    .description(say("删除短信服务商账号", "forget the account of SMS"))
    .action(action((context) => remove(context, "sms")));
};

async function list(context: CommandContext): Promise<void> {
  await withExisting(context, async (_, { stores }) => {
    const accounts = (await channelAccounts({ stores }, context.tenantId)).map(shape);
    context.answer({ accounts }, () => accounts.map(line).join("\n"));
  });
}

async function setWecom(context: CommandContext, flags: WecomFlags): Promise<void> {
  const secret = await secretIn(flags.secretFile);
  await withKit(context, async (_, { stores }) => {
    const server = await accountContext(context, stores);
    const { corpId, agentId = null, miniProgramAppId = null } = flags;
    const kept = await setWecomAccount(server, context.tenantId, { corpId, secret, agentId, miniProgramAppId });
    await noteChange(context, server, "channels.set", kept.channel);
    context.answer(shape(kept), () => line(shape(kept)));
  });
}

/** The file has the form of the body of `PUT /api/tenants/:id/channel-accounts/sms`. */
async function setSms(context: CommandContext, { file }: { readonly file: string }): Promise<void> {
  const text = await readFile(file, "utf8").catch(() => "");
  const parsed = parseWith(smsAccountBody, jsonOf(text), "en");
  if ("issues" in parsed) {
    const faults = parsed.issues.map(({ path, message }) => `${path || "account"} ${message}`).join("; ");
    throw new ConfigError("config.invalid", "--file", `the file holds no account of SMS: ${faults}`);
  }
  await withKit(context, async (_, { stores }) => {
    const server = await accountContext(context, stores);
    const kept = await setSmsAccount(server, context.tenantId, smsAccountOf(parsed.value));
    await noteChange(context, server, "channels.set", kept.channel);
    context.answer(shape(kept), () => line(shape(kept)));
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function remove(context: CommandContext, channel: AccountChannel): Promise<void> {
  await withExisting(context, async (_, { stores }) => {
    const server = await accountContext(context, stores);
    await removeAccount(server, context.tenantId, channel);
    await noteChange(context, server, "channels.remove", channel);
    context.answer({ removed: true }, () => context.say("已删除", "removed"));
  });
}

function shape(account: ChannelAccount) {
  const { channel, updatedAt: updated_at } = account;
  if (channel === "sms") return { channel, signature: account.signature, providers: account.providers, updated_at };
  const { corpId: corp_id, agentId: agent_id, miniProgramAppId: mini_program_app_id } = account;
  return { channel, corp_id, agent_id, mini_program_app_id, updated_at };
}

function line(account: ReturnType<typeof shape>): string {
  if (account.channel === "wecom") return `wecom ${account.corp_id}`;
  return `sms ${account.providers.map(({ name }) => name).join("+")} ${account.signature ?? ""}`.trimEnd();
}

async function secretIn(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new ConfigError("config.invalid", "--secret-file", "the secret file cannot be read", { cause });
  });
  const [secret = ""] = text.split(/\r?\n/);
  if (/^[\x21-\x7e]{1,255}$/.test(secret)) return secret;
  throw new ConfigError("config.invalid", "--secret-file", "the first line of the file is no secret");
}
