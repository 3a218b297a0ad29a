import { type Connection, type ConnectionOptions, connectionTo, required } from "../provider/connection.js";

/** Options of {@link tencentProvider}. */
export interface TencentOptions extends ConnectionOptions {
  /** Id of an API key that may send SMS. */
  readonly secretId: string;
  /** Its secret. */
  readonly secretKey: string;
  /** Id of the SMS app, for example `1400000000`. */
  readonly sdkAppId: string;
  /** @default "ap-guangzhou" */
  readonly region?: string | undefined;
}

/** Options with their defaults. */
export interface TencentSettings extends Connection {
  readonly secretId: string;
  readonly secretKey: string;
  readonly sdkAppId: string;
  readonly region: string;
}

/** Puts the defaults in place. @throws {ConfigError} a key is missing, or `baseUrl` is no http(s) URL */
export function tencentSettings(options: TencentOptions): TencentSettings {
  return {
    ...connectionTo("https://sms.tencentcloudapi.com", options),
    secretId: required("secretId", options.secretId),
    secretKey: required("secretKey", options.secretKey),
    sdkAppId: required("sdkAppId", options.sdkAppId),
    region: options.region ?? "ap-guangzhou",
  };
}
