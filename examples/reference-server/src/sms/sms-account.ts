import { signatureIssue } from "@recallkit/sms";
import * as z from "zod";

const secret = z.string().regex(/^[\x21-\x7e]{1,255}$/);
/** Share of people who are sent to by it first; 0: it takes over where the others cannot. */
const weight = z.int().min(0).max(1_000_000).default(1);

const yunpian = z.strictObject({
  name: z.literal("yunpian"),
  weight,
  apikey: secret,
  uid: z.boolean().default(false),
  baseUrl: z.string().optional(),
});
const aliyun = z.strictObject({
  name: z.literal("aliyun"),
  weight,
  accessKeyId: secret,
  accessKeySecret: secret,
  baseUrl: z.string().optional(),
});
const tencent = z.strictObject({
  name: z.literal("tencent"),
  weight,
  secretId: secret,
  secretKey: secret,
  sdkAppId: z.string().regex(/^\d{1,20}$/),
  region: z.string().max(64).optional(),
  baseUrl: z.string().optional(),
});

/** A provider with its credentials. */
const smsProviderSchema = z.discriminatedUnion("name", [yunpian, aliyun, tencent]);
export type SmsProviderAccount = z.output<typeof smsProviderSchema>;
export type SmsProviderName = SmsProviderAccount["name"];

/** Who sends a tenant's SMS, and under which name. All of it is secret. */
export const smsAccountSchema = z.strictObject({
  /** Without 【】. Undefined: the tenant's name. */
  signature: z
    .string()
    .refine((text) => signatureIssue(text) === undefined)
    .optional(),
  /** The first ones are asked first. */
  providers: z
    .array(smsProviderSchema)
    .min(1)
    .max(3)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length)
    .refine((all) => all.some((one) => one.weight > 0)),
});
export type SmsAccount = z.output<typeof smsAccountSchema>;
