import type { Clock } from "@recallkit/core";
import type { HttpTransport } from "@recallkit/core/ports";
import { type ConnectionOptions, providerGroup, type SmsProvider } from "@recallkit/sms";
import { aliyunProvider } from "@recallkit/sms/aliyun";
import { tencentProvider } from "@recallkit/sms/tencent";
import { yunpianProvider } from "@recallkit/sms/yunpian";
import type { SmsAccount, SmsProviderAccount } from "./sms-account.js";

/** What calls of a provider work with. */
export interface SmsConnection {
  readonly clock: Clock;
  /** @default connections of its own */
  readonly transport?: HttpTransport | undefined;
  /** Longest wait for one call, ms. @default the provider's own */
  readonly timeoutMs?: number | undefined;
}

/**
 * The providers of an account as one. A single one is a group as well, so that the ids of its messages stay what they are
 * when another one comes.
 */
export function smsProvider({ providers }: SmsAccount, connection: SmsConnection): SmsProvider {
  const members = providers.map((one) => ({ provider: open(one, connection), weight: one.weight }));
  return providerGroup(members, { clock: connection.clock });
}

function open(account: SmsProviderAccount, { clock, transport, timeoutMs }: SmsConnection): SmsProvider {
  const { baseUrl } = account;
  const options: ConnectionOptions = { baseUrl, clock, transport, timeoutMs };
  if (account.name === "yunpian") return yunpianProvider({ ...options, apikey: account.apikey, uid: account.uid });
  if (account.name === "aliyun") {
    const { accessKeyId, accessKeySecret } = account;
    return aliyunProvider({ ...options, accessKeyId, accessKeySecret });
  }
  const { secretId, secretKey, sdkAppId, region } = account;
  return tencentProvider({ ...options, secretId, secretKey, sdkAppId, region });
}
