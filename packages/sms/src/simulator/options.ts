import type { ProviderName } from "./state.js";

/** An account of Yunpian. */
export interface YunpianAccount {
  readonly apikey: string;
  /** Registered names; another one is code 15. @default any */
  readonly signatures?: readonly string[] | undefined;
  /** Approved templates with `#name#`; a text that follows none is code 5. @default any text */
  readonly templates?: readonly string[] | undefined;
  /** Templates by `tpl_id`. @default none */
  readonly numberedTemplates?: Readonly<Record<string, string>> | undefined;
  /** Code 4. @default none */
  readonly blockedWords?: readonly string[] | undefined;
  /** Whether support has enabled `uid`. @default false */
  readonly echoesUid?: boolean | undefined;
}

/** Options of `startSmsSimulator`; every one has a default. */
export interface SmsSimulatorOptions {
  /** TCP port on 127.0.0.1; 0: any free one. @default 0 */
  readonly port?: number | undefined;
  /** @default apikey `simulator-apikey`, any signature and text */
  readonly yunpian?: YunpianAccount | undefined;
  /** @default access key `simulator-key` with the secret `simulator-secret`, any template */
  readonly aliyun?:
    | {
        readonly accessKeyId: string;
        readonly accessKeySecret: string;
        readonly templates?: Readonly<Record<string, string>>;
      }
    | undefined;
  /** @default secret id `simulator-id` with the key `simulator-key`, app `1400000000`, any template */
  readonly tencent?:
    | {
        readonly secretId: string;
        readonly secretKey: string;
        readonly sdkAppId: string;
        readonly templates?: Readonly<Record<string, string>>;
      }
    | undefined;
  /** Messages that the account can pay. @default no end */
  readonly balance?: number | undefined;
  /** Epoch ms; filters, windows and records run on it. @default the system clock */
  readonly clock?: { now(): number } | undefined;
  /** Where reports are pushed to, by provider. @default nowhere: Yunpian's wait to be pulled */
  readonly reportUrls?: Readonly<Partial<Record<ProviderName, string>>> | undefined;
  /** Where replies are pushed to, as Yunpian does. @default nowhere: they wait to be pulled */
  readonly replyUrl?: string | undefined;
}

export const DEFAULT_YUNPIAN: YunpianAccount = { apikey: "simulator-apikey" };
export const DEFAULT_ALIYUN = { accessKeyId: "simulator-key", accessKeySecret: "simulator-secret" };
export const DEFAULT_TENCENT = { secretId: "simulator-id", secretKey: "simulator-key", sdkAppId: "1400000000" };
