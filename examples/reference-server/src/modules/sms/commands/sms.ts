import { systemClock } from "@recallkit/core";
import { countSegments, lintSms } from "@recallkit/sms";
import { yunpianClient } from "@recallkit/sms/yunpian";
import { type AddCommand, type CommandContext, refusal } from "../../../cli/command.js";
import { withKit } from "../../../cli/database.js";
import { accountContext, commandConfig } from "../../../cli/server-context.js";
import { smsAccounts } from "../../../sms/sms-accounts.js";
import { callbackKey } from "../accounts.js";
import { pullYunpian } from "../pull.js";

/** `sms balance|pull|callbacks|check`. */
export const addSms: AddCommand = (program, { say, action }) => {
  const sms = program.command("sms").description(say("短信：余额、状态报告、回调地址、内容检查", "SMS"));
  sms
    .command("balance")
    .description(say("云片账户余额（元）", "balance of the account at Yunpian, in yuan"))
    .action(action((context) => balance(context)));
  sms
    .command("pull")
    .description(say("拉取云片的状态报告与回复并保存", "fetch and keep what waits at Yunpian"))
    .action(action((context) => pull(context)));
  sms
    .command("callbacks")
    .description(say("在服务商后台填写的回调地址", "addresses for the providers' consoles"))
    .action(action((context) => callbacks(context)));
  sms
    .command("check")
    .argument("<text>", say("完整短信，含签名【】", "a whole SMS with its 【signature】"))
    .description(say("计费条数与内容检查", "count segments and check a text"))
    .action(action(async (context, text: string) => check(context, text)));
};

async function balance(context: CommandContext): Promise<void> {
  await withAccount(context, async ({ account, config }) => {
    const found = account?.providers.find(({ name }) => name === "yunpian");
    if (found?.name !== "yunpian") throw withoutAccount(context);
    const { apikey, baseUrl } = found;
    const client = yunpianClient({ apikey, baseUrl, timeoutMs: config.providerTimeoutMs });
    const told = await client.account({ signal: new AbortController().signal });
    context.answer({ provider: "yunpian", balance: told.balance }, () => `云片 / Yunpian: ¥${told.balance}`);
  });
}

async function pull(context: CommandContext): Promise<void> {
  await withAccount(context, async (server) => {
    const pulled = await pullYunpian(server, context.tenantId, new AbortController().signal);
    if (!pulled) throw withoutAccount(context);
    context.answer(pulled, () => {
      return context.say(
        `状态报告 ${pulled.reports}，回复 ${pulled.replies}`,
        `reports ${pulled.reports}, replies ${pulled.replies}`,
      );
    });
  });
}

async function callbacks(context: CommandContext): Promise<void> {
  await withAccount(context, async ({ account, keys }) => {
    const key = callbackKey({ keys }, context.tenantId);
    const paths = (account?.providers ?? []).map(({ name }) => ({
      provider: name,
      path: `/api/callbacks/${name}/${key}`,
    }));
    if (paths.length === 0) throw withoutAccount(context);
    context.answer({ callbacks: paths }, () => paths.map(({ provider, path }) => `${provider} ${path}`).join("\n"));
  });
}

async function check(context: CommandContext, text: string): Promise<void> {
  const count = countSegments(text);
  const findings = lintSms(text);
  context.answer({ ...count, findings }, () =>
    [
      context.say(`${count.units} 字，计 ${count.segments} 条`, `${count.units} units, ${count.segments} segments`),
      ...findings.map(({ severity, code, message, detail }) =>
        `${severity} ${code}: ${message} ${detail ?? ""}`.trim(),
      ),
    ].join("\n"),
  );
  if (findings.some(({ severity }) => severity === "error")) {
    throw refusal("input.invalid", "the text would be refused");
  }
}

/** The command's tenant with its account, and what a server works with. */
async function withAccount(context: CommandContext, work: (server: AccountServer) => Promise<void>): Promise<void> {
  await withKit(context, async (_, kit) => work(await serverOf(context, kit)));
}

type AccountServer = Awaited<ReturnType<typeof serverOf>>;

async function serverOf(context: CommandContext, kit: Parameters<Parameters<typeof withKit>[1]>[1]) {
  const { stores } = kit;
  const config = commandConfig(context);
  const { keys } = await accountContext(context, stores);
  const smsAccount = smsAccounts({ stores, keys, config });
  return { stores, kit, clock: systemClock, config, keys, smsAccount, account: await smsAccount(context.tenantId) };
}

function withoutAccount({ tenantId }: CommandContext) {
  return refusal("channel-account.not-found", `tenant ${tenantId} has no such account of SMS`);
}
