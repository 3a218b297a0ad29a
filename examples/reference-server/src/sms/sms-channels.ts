import { isDeepStrictEqual } from "node:util";
import type { Clock } from "@recallkit/core";
import { type Channel, type HttpTransport, unconfiguredChannel } from "@recallkit/core/ports";
import { signatureIssue, smsChannel } from "@recallkit/sms";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { smsReceipts } from "../modules/sms/service.js";
import type { SmsAccount } from "./sms-account.js";
import { smsProvider } from "./sms-provider.js";

/** Name of the sender where neither the account nor the tenant has one that may stand in 【】. */
const NAMELESS = "RecallKit";
/** What one call of Yunpian takes. */
const MAX_BATCH_SIZE = 1000;

/** Opens the SMS channel of a tenant. */
export interface SmsChannels {
  /** @param account undefined: batches wait for one */
  channelOf(tenantId: number, account: SmsAccount | undefined): Promise<Channel>;
}

/** Channels of SMS; a tenant's stays the same as long as the account does. */
export function smsChannels(parts: {
  readonly stores: SqlStores;
  readonly clock: Clock;
  /** @default connections of each provider's own */
  readonly transport: HttpTransport | undefined;
  readonly timeoutMs: number | undefined;
}): SmsChannels {
  const { stores, clock, transport, timeoutMs } = parts;
  const opened = new Map<
    number,
    { readonly account: SmsAccount; readonly signature: string; readonly channel: Channel }
  >();

  async function signatureOf(tenantId: number, { signature }: SmsAccount): Promise<string> {
    if (signature !== undefined) return signature;
    const name = (await stores.tenants.get(tenantId))?.name ?? "";
    return signatureIssue(name) === undefined ? name : NAMELESS;
  }

  return {
    async channelOf(tenantId, account) {
      if (!account) {
        opened.delete(tenantId);
        return WAITING;
      }
      const signature = await signatureOf(tenantId, account);
      const known = opened.get(tenantId);
      if (known?.signature === signature && isDeepStrictEqual(known.account, account)) return known.channel;
      const provider = smsProvider(account, { clock, transport, timeoutMs });
      const channel = smsChannel({ provider, signature, receipts: smsReceipts(stores, tenantId) });
      opened.set(tenantId, { account, signature, channel });
      return channel;
    },
  };
}

/** Texts are checked for a tenant without an account as for one that has one. */
const CHECKED = smsChannel({
  signature: NAMELESS,
  provider: { name: "none", maxBatchSize: MAX_BATCH_SIZE, capability: "none", sends: "text", send: async () => [] },
});

const WAITING: Channel = unconfiguredChannel({
  name: CHECKED.name,
  addressType: CHECKED.addressType,
  maxBatchSize: MAX_BATCH_SIZE,
  personal: true,
  checkContent: (content) => CHECKED.checkContent?.(content) ?? [],
});
