import { timingSafeEqual } from "node:crypto";
import { BOOTSTRAP_TENANT_ID, deriveKey, sha256Hex } from "@recallkit/core/ports";
import { idIn } from "@recallkit/sms";
import type { ServerContext } from "../../frame/context.js";
import type { SmsProviderName } from "../../sms/sms-account.js";
import type { CallbackAccount } from "./callback-module.js";

/** Part of the address of the account that comes from the environment. */
const DEFAULT_KEY = "default";
const PURPOSE = "sms-callback";
const KEY_FORM = /^(\d{1,15})-([0-9a-f]{32})$/;

/** The part of a tenant's addresses of callbacks that nobody guesses. */
export function callbackKey({ keys }: Pick<ServerContext, "keys">, tenantId: number): string {
  return keyUnder(keys.derive(PURPOSE, tenantId), tenantId);
}

function keyUnder(derived: Uint8Array, tenantId: number): string {
  return `${tenantId}-${Buffer.from(derived).toString("hex").slice(0, 32)}`;
}

/** The account of the server that an address of callbacks means. */
export async function callbackAccount(
  context: ServerContext,
  provider: SmsProviderName,
  accountKey: string,
): Promise<CallbackAccount | undefined> {
  const isDefault = accountKey === DEFAULT_KEY;
  const tenantId = isDefault ? BOOTSTRAP_TENANT_ID : tenantOf(context, accountKey);
  if (tenantId === undefined) return undefined;
  const account = (await context.smsAccount(tenantId))?.providers.find(({ name }) => name === provider);
  if (!account) return undefined;
  return {
    tenantId,
    isSecret: !isDefault,
    idOf: (id) => idIn(provider, id),
    ...(account.name === "yunpian" && { apikey: account.apikey }),
  };
}

/** Whose key it is, also under a secret that was used before. */
function tenantOf({ keys, config }: ServerContext, accountKey: string): number | undefined {
  const [, number] = KEY_FORM.exec(accountKey) ?? [];
  if (number === undefined) return undefined;
  const tenantId = Number(number);
  const known = [
    callbackKey({ keys }, tenantId),
    ...config.previousSecretKeys.map((secret) => keyUnder(deriveKey(secret, PURPOSE, tenantId), tenantId)),
  ];
  return known.some((one) => isSame(one, accountKey)) ? tenantId : undefined;
}

/** In a time that tells nothing of where they differ. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256Hex(a)), Buffer.from(sha256Hex(b)));
}
