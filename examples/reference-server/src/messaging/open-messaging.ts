import { appPushChannel } from "@recallkit/channels/app-push";
import { emailChannel } from "@recallkit/channels/email";
import { feishuChannel } from "@recallkit/channels/feishu";
import { webhookChannel } from "@recallkit/channels/webhook";
import type { Clock, Logger } from "@recallkit/core";
import { BOOTSTRAP_TENANT_ID, type Channel } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { customerMessageChannel } from "@recallkit/wecom/official-account";
import { storedBounces } from "../modules/bounces/service.js";
import type { SharedState } from "../shared-state.js";
import type { MessagingSettings } from "./settings.js";

/** Channels of messages beside WeCom and SMS, with what has to be ended beside them. */
export interface OpenMessaging {
  /** Of the first tenant: the accounts are those of the environment. */
  channelsOf(tenantId: number): readonly Channel[];
  /** Where what was received is seen, by the name of the channel; empty: no simulator runs. */
  readonly inboxes: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

interface Running {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Opens e-mail, Feishu, app push, webhook and official account as the environment describes them; where it describes none, with
 * their strict simulators in this process if these are wanted.
 */
export async function openMessaging(parts: {
  readonly stores: SqlStores;
  readonly settings: MessagingSettings;
  readonly simulates: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly shared: SharedState | undefined;
  readonly timeoutMs: number | undefined;
}): Promise<OpenMessaging> {
  const { stores, settings, simulates, clock, logger, shared, timeoutMs } = parts;
  const common = { clock, timeoutMs, rateLimiter: shared?.rateLimiter };
  const limited = { clock, timeoutMs, ...(shared && { limiter: shared.rateLimiter }) };
  const running: Record<string, Running> = {};
  const channels: Channel[] = [];
  // Loaded only where somebody tries the server: production has no use for it.
  const simulators = simulates ? await import("./simulated-accounts.js") : undefined;

  const email = settings.email ?? (await simulators?.simulatedEmail(running, clock));
  const bounces = storedBounces(stores, BOOTSTRAP_TENANT_ID, { clock });
  if (email) channels.push(emailChannel({ ...email, ...(shared && { limiter: shared.rateLimiter }), bounces, clock }));
  const feishu = settings.feishu ?? (await simulators?.simulatedFeishu(running, clock));
  if (feishu) channels.push(feishuChannel({ ...feishu, ...limited }));
  const appPush = settings.appPush ?? (await simulators?.simulatedAppPush(running, clock));
  if (appPush) channels.push(appPushChannel({ ...appPush, ...limited, keyCache: shared?.tokenCache }));
  const webhook = settings.webhook ?? (await simulators?.simulatedWebhook(running, clock));
  if (webhook) {
    const network = /^http:/.test(webhook.url) ? "any" : "public";
    channels.push(webhookChannel({ ...webhook, ...limited, network }));
  }
  const account = settings.officialAccount ?? (await simulators?.simulatedAccount(running, clock));
  if (account) channels.push(customerMessageChannel({ ...account, ...common, logger, tokenCache: shared?.tokenCache }));
  return {
    channelsOf: (tenantId) => (tenantId === BOOTSTRAP_TENANT_ID ? channels : []),
    inboxes: Object.fromEntries(Object.entries(running).map(([name, { url }]) => [name, `${url}/`])),
    async close() {
      await Promise.all(Object.values(running).map((one) => one.close()));
    },
  };
}
