import { BOOTSTRAP_TENANT_ID } from "@recallkit/core/ports";
import { yunpianClient } from "@recallkit/sms/yunpian";
import { type Check, type LookAt, told } from "../../cli/check.js";
import type { CommandContext } from "../../cli/command.js";
import { openStores } from "../../cli/database.js";
import { schemaState } from "../../cli/schema-state.js";
import { accountContext } from "../../cli/server-context.js";
import type { ServerConfig } from "../../config.js";
import type { SmsAccount } from "../../sms/sms-account.js";
import { smsAccounts } from "../../sms/sms-accounts.js";

const TIMEOUT_MS = 10_000;

/** Who sends the tenant's SMS, and whether Yunpian takes its key. */
async function smsCheck(context: CommandContext, config: ServerConfig): Promise<Check> {
  const name = "sms";
  try {
    const account = await accountOf(context, config);
    if (!account) return { name, required: false, status: "not-configured", detail: withoutAccount(context, config) };
    const senders = account.providers.map((one) => one.name).join(", ");
    const yunpian = account.providers.find((one) => one.name === "yunpian");
    if (yunpian?.name !== "yunpian")
      return {
        name,
        required: true,
        status: "ok",
        detail: context.say(`已配置：${senders}`, `configured: ${senders}`),
      };
    const { apikey, baseUrl } = yunpian;
    const { balance } = await yunpianClient({ apikey, baseUrl, timeoutMs: TIMEOUT_MS }).account({
      signal: AbortSignal.timeout(2 * TIMEOUT_MS),
    });
    const detail = context.say(
      `已配置：${senders}；云片余额 ${balance} 元`,
      `configured: ${senders}; the balance at Yunpian is ${balance} yuan`,
    );
    return { name, required: true, status: balance > 0 ? "ok" : "warning", detail };
  } catch (error) {
    return {
      name,
      required: true,
      status: "unreachable",
      detail: `${context.say("商户", "tenant")} ${context.tenantId}: ${told(error)}`,
    };
  }
}

async function accountOf(context: CommandContext, config: ServerConfig): Promise<SmsAccount | undefined> {
  const { tenantId } = context;
  if ((await schemaState(context)).state !== "current") {
    return tenantId === BOOTSTRAP_TENANT_ID ? config.sms : undefined;
  }
  const stores = await openStores(context);
  try {
    const { keys } = await accountContext(context, stores);
    return await smsAccounts({ stores, keys, config })(tenantId);
  } finally {
    await stores.close();
  }
}

function withoutAccount({ tenantId, say }: CommandContext, { usesSmsSimulator }: ServerConfig): string {
  if (tenantId !== BOOTSTRAP_TENANT_ID)
    return say(`商户 ${tenantId} 没有短信账号`, `tenant ${tenantId} has no account of SMS`);
  return usesSmsSimulator
    ? say("未设置短信凭证，使用模拟器", "no credentials of SMS: the simulator is used")
    : say("未设置短信凭证", "no credentials of SMS are set");
}

/** Accounts at providers of SMS. */
export const checks: readonly LookAt[] = [smsCheck];
