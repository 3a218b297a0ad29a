import { NotFoundError, RecallKitError } from "@recallkit/core";
import * as z from "zod";
import type { ServerContext } from "../../frame/context.js";
import { type SmsAccount, type SmsProviderName, smsAccountSchema } from "../../sms/sms-account.js";
import {
  allAccounts,
  deleteAccount,
  findAccount,
  listAccounts,
  putAccount,
  reseal,
  type StoredAccount,
} from "./store.js";

/** A tenant's account at WeCom. */
export interface WecomAccount {
  readonly corpId: string;
  /** The app that writes to staff. */
  readonly agentId: number | null;
  readonly miniProgramAppId: string | null;
}

/** Channels that tenants have accounts of. */
export const ACCOUNT_CHANNELS = ["wecom", "sms"] as const;
export type AccountChannel = (typeof ACCOUNT_CHANNELS)[number];

/** When an account was set and changed. */
interface AccountDates {
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** An account without its secret. */
export type ChannelAccount = AccountDates &
  (
    | ({ readonly channel: "wecom" } & WecomAccount)
    | {
        readonly channel: "sms";
        readonly signature: string | null;
        readonly providers: readonly { readonly name: SmsProviderName; readonly weight: number }[];
      }
  );

type AccountsContext = Pick<ServerContext, "stores" | "clock" | "keys">;

const settingsSchema = z.object({
  corpId: z.string(),
  agentId: z.number().nullable(),
  miniProgramAppId: z.string().nullable(),
});

const smsSettingsSchema = z.object({
  signature: z.string().nullable(),
  providers: z.array(z.object({ name: z.enum(["yunpian", "aliyun", "tencent"]), weight: z.number() })),
});

const PURPOSE = "channel-account";

/** Accounts of a tenant, without their secrets. */
export async function channelAccounts(
  { stores }: Pick<AccountsContext, "stores">,
  tenantId: number,
): Promise<readonly ChannelAccount[]> {
  return (await listAccounts(stores, tenantId)).map(withoutSecret);
}

/** How much of a secret may be shown: enough to tell two of them apart. */
const SHOWN = 4;
/** Shorter secrets show nothing of themselves. */
const LEAST_SECRET = 12;

/**
 * The last characters of a tenant's secrets, by what they belong to: `wecom`, or a provider of SMS. A secret that is short, or
 * was sealed under a key that is not given, shows none.
 */
export async function endsOfSecrets(
  { stores, keys }: Pick<AccountsContext, "stores" | "keys">,
  tenantId: number,
): Promise<Readonly<Record<string, string>>> {
  const ends: [string, string][] = [];
  for (const { channel, sealed } of await listAccounts(stores, tenantId)) {
    for (const [name, secret] of secretsIn(channel, opened(keys, tenantId, sealed)))
      if (secret.length >= LEAST_SECRET) ends.push([name, secret.slice(-SHOWN)]);
  }
  return Object.fromEntries(ends);
}

function opened(keys: AccountsContext["keys"], tenantId: number, sealed: string): string | undefined {
  try {
    return keys.open({ purpose: PURPOSE, tenantId }, sealed);
  } catch (error) {
    if (RecallKitError.is(error)) return undefined;
    throw error;
  }
}

function secretsIn(channel: string, secret: string | undefined): readonly (readonly [string, string])[] {
  if (secret === undefined) return [];
  if (channel !== "sms") return [[channel, secret]];
  return smsAccountSchema.parse(JSON.parse(secret)).providers.map((one) => {
    if (one.name === "yunpian") return [one.name, one.apikey];
    return [one.name, one.name === "aliyun" ? one.accessKeySecret : one.secretKey];
  });
}

/** Keeps an account; its secret is sealed under SECRET_KEY. Effective before the next batch. */
export async function setWecomAccount(
  { stores, clock, keys }: AccountsContext,
  tenantId: number,
  { secret, ...settings }: WecomAccount & { readonly secret: string },
): Promise<ChannelAccount> {
  const at = clock.now();
  await putAccount(stores, {
    tenantId,
    channel: "wecom",
    settings: JSON.stringify(settings),
    sealed: keys.seal({ purpose: PURPOSE, tenantId }, secret),
    createdAt: at,
    updatedAt: at,
  });
  const kept = await findAccount(stores, tenantId, "wecom");
  if (!kept) throw noAccount("wecom");
  return withoutSecret(kept);
}

/** Keeps the account that a tenant's SMS go out with, all of it sealed. Effective before the next batch. */
export async function setSmsAccount(
  { stores, clock, keys }: AccountsContext,
  tenantId: number,
  account: SmsAccount,
): Promise<ChannelAccount> {
  const at = clock.now();
  const providers = account.providers.map(({ name, weight }) => ({ name, weight }));
  await putAccount(stores, {
    tenantId,
    channel: "sms",
    settings: JSON.stringify({ signature: account.signature ?? null, providers }),
    sealed: keys.seal({ purpose: PURPOSE, tenantId }, JSON.stringify(account)),
    createdAt: at,
    updatedAt: at,
  });
  const kept = await findAccount(stores, tenantId, "sms");
  if (!kept) throw noAccount("sms");
  return withoutSecret(kept);
}

/**
 * Opens the account that a tenant's SMS go out with.
 *
 * @throws {ConfigError} `config.invalid` for `secretKey`: it was sealed under a key that is not given
 */
export async function openSmsAccount(
  { stores, keys }: Pick<AccountsContext, "stores" | "keys">,
  tenantId: number,
): Promise<SmsAccount | undefined> {
  const stored = await findAccount(stores, tenantId, "sms");
  return stored && smsAccountSchema.parse(JSON.parse(keys.open({ purpose: PURPOSE, tenantId }, stored.sealed)));
}

/** @throws {NotFoundError} `channel-account.not-found` */
export async function removeAccount(
  { stores }: Pick<AccountsContext, "stores">,
  tenantId: number,
  channel: AccountChannel,
): Promise<void> {
  if (!(await deleteAccount(stores, tenantId, channel))) throw noAccount(channel);
}

/** An account with its secret, and a stamp that changes whenever the account does. */
export interface OpenAccount extends WecomAccount {
  readonly secret: string;
  readonly stamp: string;
}

/**
 * Opens a tenant's WeCom account.
 *
 * @throws {ConfigError} `config.invalid` for `secretKey`: it was sealed under a key that is not given
 */
export async function openWecomAccount(
  { stores, keys }: Pick<AccountsContext, "stores" | "keys">,
  tenantId: number,
): Promise<OpenAccount | undefined> {
  const stored = await findAccount(stores, tenantId, "wecom");
  if (!stored) return undefined;
  const secret = keys.open({ purpose: PURPOSE, tenantId }, stored.sealed);
  return { ...settingsSchema.parse(JSON.parse(stored.settings)), secret, stamp: stored.sealed + stored.settings };
}

/** What {@link rotateSecrets} did. */
export interface Rotation {
  readonly rotated: number;
  readonly unchanged: number;
}

/**
 * Seals every account anew under the key in use, all or none; then the previous keys are not needed any more.
 *
 * @throws {ConfigError} `config.invalid` for `secretKey`: one was sealed under a key that is not given
 */
export async function rotateSecrets({ stores, keys }: Pick<AccountsContext, "stores" | "keys">): Promise<Rotation> {
  return stores.transaction(async (tx) => {
    let [rotated, unchanged] = [0, 0];
    for (const account of await allAccounts(tx)) {
      const place = { purpose: PURPOSE, tenantId: account.tenantId };
      // Opened also when it is current, so that a damaged one is noticed now.
      const secret = keys.open(place, account.sealed);
      if (keys.isCurrent(place, account.sealed)) {
        unchanged++;
        continue;
      }
      // Changed meanwhile, it is sealed under the key in use already.
      if (await reseal(tx, account, keys.seal(place, secret))) rotated++;
      else unchanged++;
    }
    return { rotated, unchanged };
  });
}

/** Accounts whose secret cannot be opened, as `tenant/channel`. */
export async function unreadableAccounts({
  stores,
  keys,
}: Pick<AccountsContext, "stores" | "keys">): Promise<readonly string[]> {
  return (await allAccounts(stores)).flatMap(({ tenantId, channel, sealed }) => {
    try {
      keys.open({ purpose: PURPOSE, tenantId }, sealed);
      return [];
    } catch {
      return [`${tenantId}/${channel}`];
    }
  });
}

function withoutSecret({ channel, settings, createdAt, updatedAt }: StoredAccount): ChannelAccount {
  const told: unknown = JSON.parse(settings);
  const dates = { createdAt, updatedAt };
  if (channel === "sms") return { channel, ...smsSettingsSchema.parse(told), ...dates };
  return { channel: "wecom", ...settingsSchema.parse(told), ...dates };
}

function noAccount(channel: string): NotFoundError {
  return new NotFoundError("channel-account.not-found", `no account of ${channel}`);
}
