/** Providers of SMS by the names of the server. */
export const PROVIDERS = ["yunpian", "aliyun", "tencent"] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** A field of a provider's account, by the name that the provider gives it. */
interface AccountField {
  readonly name: string;
  readonly text: string;
  readonly isSecret: boolean;
}

export const FIELDS: Readonly<Record<ProviderName, readonly AccountField[]>> = {
  yunpian: [{ name: "apikey", text: "APIKEY", isSecret: true }],
  aliyun: [
    { name: "access_key_id", text: "AccessKey ID", isSecret: false },
    { name: "access_key_secret", text: "AccessKey Secret", isSecret: true },
  ],
  tencent: [
    { name: "secret_id", text: "SecretId", isSecret: false },
    { name: "secret_key", text: "SecretKey", isSecret: true },
    { name: "sdk_app_id", text: "SdkAppId", isSecret: false },
  ],
};

/** What somebody typed for a provider; `weight` as its field holds it. */
type Written = Record<string, string | number>;

export const EMPTY: Record<ProviderName, Written> = {
  yunpian: { weight: 1 },
  aliyun: { weight: 1 },
  tencent: { weight: 1 },
};

/** The account as the server takes it. */
export function bodyOf(
  signature: string,
  chosen: readonly ProviderName[],
  written: Readonly<Record<ProviderName, Written>>,
) {
  const text = (name: ProviderName, field: string) => String(written[name][field] ?? "").trim();
  const providers = chosen.map((name) => {
    const weight = Number(written[name].weight);
    if (name === "yunpian") return { name, weight, apikey: text(name, "apikey") };
    if (name === "aliyun")
      return {
        name,
        weight,
        access_key_id: text(name, "access_key_id"),
        access_key_secret: text(name, "access_key_secret"),
      };
    const [secret_id, secret_key] = [text(name, "secret_id"), text(name, "secret_key")];
    return { name, weight, secret_id, secret_key, sdk_app_id: text(name, "sdk_app_id") };
  });
  return { ...(signature.trim() !== "" && { signature: signature.trim() }), providers };
}
