import type { SmsAccount, SmsProviderAccount, SmsProviderName } from "../sms/sms-account.js";
import type { EnvironmentFault } from "./environment.js";
import type { EnvironmentValues } from "./variables.js";

type Given = Readonly<Record<string, string>>;

/** Variables that go together: where one is set the first ones must be. */
const TOGETHER: readonly { readonly needed: readonly string[]; readonly others: readonly string[] }[] = [
  { needed: ["YUNPIAN_API_KEY"], others: ["YUNPIAN_BASE_URL"] },
  { needed: ["ALIYUN_ACCESS_KEY_ID", "ALIYUN_ACCESS_KEY_SECRET"], others: ["ALIYUN_SMS_BASE_URL"] },
  {
    needed: ["TENCENT_SECRET_ID", "TENCENT_SECRET_KEY", "TENCENT_SMS_APP_ID"],
    others: ["TENCENT_SMS_REGION", "TENCENT_SMS_BASE_URL"],
  },
];

/** What variables of SMS miss. @param given every variable that is set, right or wrong */
export function smsFaults(known: EnvironmentValues, given: Given): readonly EnvironmentFault[] {
  const faults: EnvironmentFault[] = TOGETHER.flatMap(({ needed, others }) => {
    if (![...needed, ...others].some((name) => given[name])) return [];
    return needed
      .filter((name) => !given[name])
      .map((variable) => {
        const family = variable.split("_", 1)[0];
        return { variable, message: `is missing beside the other ${family}_ variables` };
      });
  });
  for (const { name } of known.SMS_PROVIDERS ?? []) {
    if (needsOf(name).some((variable) => given[variable])) continue;
    faults.push({ variable: "SMS_PROVIDERS", message: `names ${name}, which has no credentials` });
  }
  return faults;
}

function needsOf(name: SmsProviderName): readonly string[] {
  return TOGETHER.find(({ needed }) => needed[0]?.startsWith(name.toUpperCase()))?.needed ?? [];
}

/** The account that the environment describes; undefined: none. */
export function smsAccountIn(known: EnvironmentValues): SmsAccount | undefined {
  const all = accounts(known);
  const order = known.SMS_PROVIDERS ?? all.map(({ name }, place) => ({ name, weight: Number(place === 0) }));
  const providers = order.flatMap(({ name, weight }) => {
    const found = all.find((one) => one.name === name);
    return found ? [{ ...found, weight }] : [];
  });
  if (providers.length === 0) return undefined;
  return { ...(known.SMS_SIGNATURE !== undefined && { signature: known.SMS_SIGNATURE }), providers };
}

/** Every provider that has credentials, in the usual order. */
function accounts(known: EnvironmentValues): readonly SmsProviderAccount[] {
  const { YUNPIAN_API_KEY: apikey, YUNPIAN_BASE_URL: yunpianUrl, YUNPIAN_UID: uid = false } = known;
  const { ALIYUN_ACCESS_KEY_ID: accessKeyId, ALIYUN_ACCESS_KEY_SECRET: accessKeySecret } = known;
  const { TENCENT_SECRET_ID: secretId, TENCENT_SECRET_KEY: secretKey, TENCENT_SMS_APP_ID: sdkAppId } = known;
  const weight = 1;
  const found: SmsProviderAccount[] = [];
  if (apikey !== undefined) {
    // The variable ends before the version, which is part of the protocol.
    const baseUrl = yunpianUrl === undefined ? undefined : `${yunpianUrl.replace(/\/+(v2\/*)?$/, "")}/v2`;
    found.push({ name: "yunpian", weight, apikey, uid, ...(baseUrl !== undefined && { baseUrl }) });
  }
  if (accessKeyId !== undefined && accessKeySecret !== undefined) {
    const { ALIYUN_SMS_BASE_URL: baseUrl } = known;
    found.push({ name: "aliyun", weight, accessKeyId, accessKeySecret, ...(baseUrl !== undefined && { baseUrl }) });
  }
  if (secretId !== undefined && secretKey !== undefined && sdkAppId !== undefined) {
    const { TENCENT_SMS_BASE_URL: baseUrl, TENCENT_SMS_REGION: region } = known;
    const more = { ...(baseUrl !== undefined && { baseUrl }), ...(region !== undefined && { region }) };
    found.push({ name: "tencent", weight, secretId, secretKey, sdkAppId, ...more });
  }
  return found;
}

/** What of an account must never stand in a log. */
export function secretsOfSms({ providers }: SmsAccount): readonly string[] {
  return providers.map((one) => {
    if (one.name === "yunpian") return one.apikey;
    return one.name === "aliyun" ? one.accessKeySecret : one.secretKey;
  });
}
