import type { Clock, Logger } from "@recallkit/core";
import { fileSource, imageSource } from "@recallkit/core/http";
import {
  BOOTSTRAP_TENANT_ID,
  type Channel,
  type HttpTransport,
  type KeyRing,
  unconfiguredChannel,
} from "@recallkit/core/ports";
import type { SmsReceipt } from "@recallkit/sms";
import { startSmsSimulator } from "@recallkit/sms/simulator";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { checkWecomContent, type KfFailure, kfChannel, staffChannel, wecomChannel } from "@recallkit/wecom";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import type { ServerConfig } from "./config.js";
import { perTurn } from "./frame/per-turn.js";
import { openMessaging } from "./messaging/open-messaging.js";
import { institutionOfTenant } from "./modules/institutions/service.js";
import { smsReceipts } from "./modules/sms/service.js";
import { openWecomAccount } from "./modules/tenants/service.js";
import type { SharedState } from "./shared-state.js";
import type { SmsAccount } from "./sms/sms-account.js";
import { type FindSmsAccount, smsAccounts } from "./sms/sms-accounts.js";
import { smsChannels } from "./sms/sms-channels.js";
import { type FindWecomAccount, type FindWecomClient, type WecomLogin, wecomClients } from "./wecom/wecom-clients.js";

/** Channels of every tenant, with what has to be ended beside them. */
export interface OpenChannels {
  channels(tenantId: number): Promise<readonly Channel[]>;
  readonly wecomAccount: FindWecomAccount;
  readonly wecomClient: FindWecomClient;
  /** Who sends a tenant's SMS; undefined: nobody is configured. */
  readonly smsAccount: FindSmsAccount;
  /** Where what phones received is seen; undefined: no simulator runs. */
  readonly inboxUrl: string | undefined;
  /** The same of the other channels, by name. */
  readonly inboxes: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The account that the simulator inside this process knows. */
const SIMULATED = { corpId: "ww-simulator", secret: "simulator-secret", miniProgramAppId: "wx-simulator" };
const SIMULATED_AGENT = 1_000_002;
/** The simulator's staff press "send" after so long. */
const STAFF_CONFIRM_MS = 3000;
const MAX_BATCH_SIZE = 10_000;

/** An account as the channel takes it. */
interface Account extends WecomLogin {
  readonly miniProgramAppId?: string | undefined;
}

/**
 * Opens WeCom and SMS for every tenant: the account kept for the tenant; else, for the first tenant, that of the environment
 * or the simulator in this process, which institutions use too; else a stand-in that keeps batches waiting.
 */
export async function openChannels(parts: {
  readonly config: ServerConfig;
  readonly stores: SqlStores;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What is shared with other processes. */
  readonly shared: SharedState | undefined;
  /** Calls to providers. @default connections of each channel's own */
  readonly transport?: HttpTransport;
}): Promise<OpenChannels> {
  const { config, stores, clock, logger, shared, transport } = parts;
  const simulator = config.usesSimulators
    ? await startWecomSimulator({
        corps: [{ corpId: SIMULATED.corpId, secret: SIMULATED.secret }],
        confirm: { afterMs: STAFF_CONFIRM_MS },
        clock,
      })
    : undefined;
  const firstAccount: Account | undefined = simulator
    ? { ...SIMULATED, baseUrl: simulator.url, agentId: SIMULATED_AGENT }
    : config.wecom;

  const open = ({ miniProgramAppId, ...account }: Account): Channel =>
    wecomChannel({
      ...account,
      transport,
      clock,
      logger,
      tokenCache: shared?.tokenCache,
      rateLimiter: shared?.rateLimiter,
      images: imageSource({ hosts: config.mediaHosts, media: stores.media, clock }),
      files: fileSource({ hosts: config.mediaHosts, clock }),
      miniProgramAppId: config.miniProgramAppId ?? miniProgramAppId,
      batchSize: config.wecomBatchSize,
      receiveQuota: config.wecomReceiveQuota,
      timeoutMs: config.providerTimeoutMs,
    });
  const waiting = unconfiguredChannel({
    name: "wecom",
    addressType: "external_userid",
    maxBatchSize: config.wecomBatchSize ?? MAX_BATCH_SIZE,
    checkContent: checkWecomContent,
  });
  const first = firstAccount && open(firstAccount);
  // A channel keeps its access token, so it lives as long as its account stays the same.
  const opened = new Map<number, { readonly stamp: string; readonly channel: Channel }>();

  // Institutions of a chain share the simulators, so that what they would send can be seen; a real account is the first tenant's.
  const usesFirst = async (tenantId: number, isSimulated: boolean) =>
    tenantId === BOOTSTRAP_TENANT_ID || (isSimulated && (await institutionOfTenant(stores, tenantId)) !== undefined);

  async function wecomOf(tenantId: number): Promise<Channel> {
    const account = await openWecomAccount(parts, tenantId);
    if (!account) {
      opened.delete(tenantId);
      return ((await usesFirst(tenantId, simulator !== undefined)) ? first : undefined) ?? waiting;
    }
    const { stamp, corpId, secret, agentId, miniProgramAppId } = account;
    const known = opened.get(tenantId);
    if (known?.stamp === stamp) return known.channel;
    const channel = open({
      corpId,
      secret,
      baseUrl: config.wecom?.baseUrl,
      ...(agentId !== null && { agentId }),
      ...(miniProgramAppId !== null && { miniProgramAppId }),
    });
    opened.set(tenantId, { stamp, channel });
    return channel;
  }

  const wecomAccount: FindWecomAccount = async (tenantId) => {
    const account = await openWecomAccount(parts, tenantId);
    if (account) {
      const { corpId, secret, agentId } = account;
      return { corpId, secret, baseUrl: config.wecom?.baseUrl, agentId: agentId ?? undefined };
    }
    return (await usesFirst(tenantId, simulator !== undefined)) ? firstAccount : undefined;
  };

  // Like the others it keeps its access token.
  const desks = new Map<number, { readonly stamp: string; readonly channels: readonly Channel[] }>();

  /** Customers of 微信客服 can be answered; members can be written to where an app is named. */
  async function deskOf(tenantId: number): Promise<readonly Channel[]> {
    const account = await wecomAccount(tenantId);
    if (!account) return [];
    const { corpId, secret, baseUrl, agentId } = account;
    const stamp = JSON.stringify([corpId, secret, baseUrl, agentId]);
    const known = desks.get(tenantId);
    if (known?.stamp === stamp) return known.channels;
    const options = {
      ...{ corpId, secret, baseUrl, clock, logger, timeoutMs: config.providerTimeoutMs },
      ...{ tokenCache: shared?.tokenCache, rateLimiter: shared?.rateLimiter, transport },
    };
    const failures = smsReceipts(stores, tenantId).find;
    const opened = [
      kfChannel({ ...options, failures: async (ids) => (await failures(ids)).flatMap(failureOf) }),
      ...(agentId === undefined ? [] : [staffChannel({ ...options, agentId })]),
    ];
    desks.set(tenantId, { stamp, channels: opened });
    return opened;
  }

  const smsSimulator = config.usesSmsSimulator ? await startSmsSimulator({ clock }) : undefined;
  const sms = smsChannels({ stores, clock, transport, timeoutMs: config.providerTimeoutMs });
  const messaging = await openMessaging({
    stores,
    settings: config.messaging,
    simulates: config.usesMessagingSimulators,
    clock,
    logger,
    shared,
    timeoutMs: config.providerTimeoutMs,
  });
  const smsAccount = smsAccounts(parts, {
    simulated: smsSimulator && simulatedSms(smsSimulator.yunpianUrl),
    isFirst: (tenantId) => usesFirst(tenantId, smsSimulator !== undefined),
  });

  // Accounts are read anew each time, so that a change is in force at once; calls of one turn read them together.
  const channelsOf = async (tenantId: number) => [
    await wecomOf(tenantId),
    await sms.channelOf(tenantId, await smsAccount(tenantId)),
    ...(await deskOf(tenantId)),
    ...messaging.channelsOf(tenantId),
  ];
  const together = perTurn((tenantId) => channelsOf(Number(tenantId)));

  return {
    // Inside a transaction they are read by its own connection: it waits for nobody who waits for one.
    channels: (tenantId) => (stores.inTransaction?.() ? channelsOf(tenantId) : together(String(tenantId))),
    wecomAccount,
    wecomClient: wecomClients(wecomAccount, { clock, logger, shared, transport, timeoutMs: config.providerTimeoutMs }),
    smsAccount,
    inboxUrl: smsSimulator && `${smsSimulator.url}/`,
    inboxes: messaging.inboxes,
    async close() {
      await messaging.close();
      await smsSimulator?.close();
      await simulator?.close();
    },
  };
}

/** What is known of a message to a customer of 微信客服: only what failed is told. */
function failureOf({
  providerMessageId,
  address,
  kind,
  reason = "not_delivered",
  at = 0,
}: SmsReceipt): readonly KfFailure[] {
  return kind === "not_delivered" ? [{ providerMessageId, address, reason, at }] : [];
}

/** The account that the simulator of SMS inside this process knows. */
function simulatedSms(baseUrl: string): SmsAccount {
  return { providers: [{ name: "yunpian", weight: 1, apikey: "simulator-apikey", uid: false, baseUrl }] };
}
