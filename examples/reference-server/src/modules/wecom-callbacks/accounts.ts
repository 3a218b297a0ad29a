import { timingSafeEqual } from "node:crypto";
import { BOOTSTRAP_TENANT_ID, deriveKey, sha256Hex } from "@recallkit/core/ports";
import type { ServerContext } from "../../frame/context.js";
import type { CallbackAccount } from "./callback-module.js";

const DEFAULT_KEY = "default";
const PURPOSE = "wecom-callback";
const KEY_FORM = /^(\d{1,15})-([0-9a-f]{32})$/;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** What a tenant fills in at WeCom's console; made of SECRET_KEY, so that nothing of it is stored. */
export interface CallbackSettings {
  /** Last part of the address; nobody guesses it. */
  readonly accountKey: string;
  readonly token: string;
  readonly encodingAesKey: string;
}

/** A tenant's settings under the key in use. */
export function callbackSettings({ keys }: Pick<ServerContext, "keys">, tenantId: number): CallbackSettings {
  return settingsUnder((purpose) => keys.derive(purpose, tenantId), tenantId);
}

function settingsUnder(derive: (purpose: string) => Uint8Array, tenantId: number): CallbackSettings {
  const letters = [...derive(`${PURPOSE}-key-1`), ...derive(`${PURPOSE}-key-2`)];
  return {
    accountKey: `${tenantId}-${Buffer.from(derive(`${PURPOSE}-address`))
      .toString("hex")
      .slice(0, 32)}`,
    token: Buffer.from(derive(`${PURPOSE}-token`))
      .toString("hex")
      .slice(0, 32),
    // 43 letters of 62, each out of a byte of its own: some 255 bits.
    encodingAesKey: letters
      .slice(0, 43)
      .map((byte) => ALPHABET[byte % ALPHABET.length])
      .join(""),
  };
}

/** The account of the server that an address of callbacks means. */
export async function callbackAccount(
  context: Pick<ServerContext, "keys" | "config" | "wecomAccount">,
  accountKey: string,
): Promise<CallbackAccount | undefined> {
  const { config, wecomAccount } = context;
  if (accountKey === DEFAULT_KEY) {
    const secrets = config.wecomCallback;
    const corpId = secrets && (await wecomAccount(BOOTSTRAP_TENANT_ID))?.corpId;
    return secrets && corpId ? { tenantId: BOOTSTRAP_TENANT_ID, receiveId: corpId, ...secrets } : undefined;
  }
  const [, number] = KEY_FORM.exec(accountKey) ?? [];
  if (number === undefined) return undefined;
  const tenantId = Number(number);
  const settings = knownSettings(context, tenantId).find((one) => isSame(one.accountKey, accountKey));
  const corpId = settings && (await wecomAccount(tenantId))?.corpId;
  if (!settings || !corpId) return undefined;
  const { token, encodingAesKey } = settings;
  return { tenantId, receiveId: corpId, token, encodingAesKey };
}

/** A tenant's settings under the key in use and under those used before. */
function knownSettings({ keys, config }: Pick<ServerContext, "keys" | "config">, tenantId: number) {
  return [
    callbackSettings({ keys }, tenantId),
    ...config.previousSecretKeys.map((secret) =>
      settingsUnder((purpose) => deriveKey(secret, purpose, tenantId), tenantId),
    ),
  ];
}

/** In a time that tells nothing of where they differ. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256Hex(a)), Buffer.from(sha256Hex(b)));
}
