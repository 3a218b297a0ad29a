import { BOOTSTRAP_TENANT_ID } from "@recallkit/core/ports";
import { createWecomClient } from "@recallkit/wecom";
import { type Check, checkInside, type LookAt, told } from "../../cli/check.js";
import type { CommandContext } from "../../cli/command.js";
import { accountContext } from "../../cli/server-context.js";
import { wecomAccountOf } from "../../cli/wecom-account.js";
import type { ServerConfig } from "../../config.js";
import { unreadableAccounts } from "./service.js";

const WECOM_TIMEOUT_MS = 10_000;

/** Whether the secrets of all tenants' accounts can be opened. */
function accountsCheck(context: CommandContext): Promise<Check> {
  return checkInside(context, "channel-accounts", async (stores) => {
    const unreadable = await unreadableAccounts(await accountContext(context, stores));
    if (unreadable.length === 0)
      return { status: "ok", detail: context.say("所有加密的密钥都能打开", "every sealed secret opens") };
    const names = unreadable.join(", ");
    const detail = context.say(
      `由其他密钥加密：${names}；请把该密钥放入 SECRET_KEY_PREVIOUS`,
      `sealed under another key: ${names}; put it into SECRET_KEY_PREVIOUS`,
    );
    return { status: "missing", detail };
  });
}

/** Tries the account that the tenant's batches go out with. */
async function wecomCheck(context: CommandContext, config: ServerConfig): Promise<Check> {
  const name = "wecom";
  try {
    const account = await wecomAccountOf(context, config);
    const required = config.isProduction || account !== undefined;
    if (!account) return { name, required, status: "not-configured", detail: withoutAccount(context, config) };
    await createWecomClient({ ...account, timeoutMs: WECOM_TIMEOUT_MS }).getAccessToken(false, {
      signal: AbortSignal.timeout(2 * WECOM_TIMEOUT_MS),
    });
    return {
      name,
      required,
      status: "ok",
      detail: context.say(
        `商户 ${context.tenantId}：已取得访问凭证`,
        `tenant ${context.tenantId}: an access token was obtained`,
      ),
    };
  } catch (error) {
    return {
      name,
      required: true,
      status: "unreachable",
      detail: `${context.say("商户", "tenant")} ${context.tenantId}: ${told(error)}`,
    };
  }
}

function withoutAccount({ tenantId, say }: CommandContext, { usesSimulators }: ServerConfig): string {
  if (tenantId !== BOOTSTRAP_TENANT_ID)
    return say(
      `商户 ${tenantId} 没有账号，请运行 recallkit channels set-wecom`,
      `tenant ${tenantId} has no account; run \`recallkit channels set-wecom\``,
    );
  if (usesSimulators)
    return say(
      "未设置 WECOM_CORP_ID 和 WECOM_SECRET，使用模拟器",
      "no WECOM_CORP_ID and WECOM_SECRET: the simulator is used",
    );
  return say("未设置 WECOM_CORP_ID 和 WECOM_SECRET", "WECOM_CORP_ID and WECOM_SECRET are not set");
}

/** Accounts at providers: whether their secrets open, and whether WeCom takes them. */
export const checks: readonly LookAt[] = [accountsCheck, wecomCheck];
