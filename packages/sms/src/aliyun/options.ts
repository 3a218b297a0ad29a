import { type Random, systemRandom } from "@recallkit/core";
import { type Connection, type ConnectionOptions, connectionTo, required } from "../provider/connection.js";

/** Options of {@link aliyunProvider}. */
export interface AliyunOptions extends ConnectionOptions {
  /** Id of an access key that may send SMS. */
  readonly accessKeyId: string;
  /** Its secret. */
  readonly accessKeySecret: string;
  /** Token of temporary credentials. @default none */
  readonly securityToken?: string | undefined;
  /** Makes nonces. @default systemRandom */
  readonly random?: Random | undefined;
}

/** Options with their defaults. */
export interface AliyunSettings extends Connection {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string | undefined;
  readonly random: Random;
}

/** Puts the defaults in place. @throws {ConfigError} a key is missing, or `baseUrl` is no http(s) URL */
export function aliyunSettings(options: AliyunOptions): AliyunSettings {
  return {
    ...connectionTo("https://dysmsapi.aliyuncs.com", options),
    accessKeyId: required("accessKeyId", options.accessKeyId),
    accessKeySecret: required("accessKeySecret", options.accessKeySecret),
    securityToken: options.securityToken,
    random: options.random ?? systemRandom,
  };
}
