import { normaliseText } from "@recallkit/core/ports";
import { says } from "@recallkit/http";
import { signatureIssue } from "@recallkit/sms";
import * as z from "zod";
import { type SmsAccount, smsAccountSchema } from "../../sms/sms-account.js";

const account = z.string().regex(/^[\x21-\x7e]{1,255}$/);
const weight = z
  .int()
  .min(0)
  .max(1_000_000)
  .optional()
  .describe("首选份额，0 仅接替；默认 1 / share; 0 only takes over");

/** An account of SMS as routes and commands take it. */
export const smsAccountBody = z.strictObject({
  signature: z
    .string()
    .transform((text) => normaliseText(text).replace(/^【(.*)】$/, "$1"))
    .refine(
      (text) => signatureIssue(text) === undefined,
      says("应为 2-20 个字、字母或数字，不含【】", "2 to 20 letters or digits, without 【】"),
    )
    .optional()
    .describe("短信签名，默认商户名称 / default: the tenant's name"),
  providers: z
    .array(
      z.discriminatedUnion("name", [
        z.strictObject({
          name: z.literal("yunpian"),
          weight,
          apikey: account,
          uid: z.boolean().optional().describe("云片已为账号开通 uid / support enabled `uid`"),
        }),
        z.strictObject({ name: z.literal("aliyun"), weight, access_key_id: account, access_key_secret: account }),
        z.strictObject({
          name: z.literal("tencent"),
          weight,
          secret_id: account,
          secret_key: account,
          sdk_app_id: z.string().regex(/^\d{1,20}$/),
          region: z.string().max(64).optional(),
        }),
      ]),
    )
    .min(1)
    .max(3)
    .refine(
      (all) => new Set(all.map(({ name }) => name)).size === all.length && all.some((one) => one.weight !== 0),
      says("每个服务商一次，至少一个份额大于 0", "each provider once, one of them with a weight above 0"),
    ),
});

/** An account of SMS by the names of the server. */
export function smsAccountOf({ signature, providers }: z.output<typeof smsAccountBody>): SmsAccount {
  return smsAccountSchema.parse({
    signature,
    providers: providers.map((one) => {
      if (one.name === "yunpian") return one;
      const { name, weight } = one;
      if (name === "aliyun") {
        return { name, weight, accessKeyId: one.access_key_id, accessKeySecret: one.access_key_secret };
      }
      const { secret_id: secretId, secret_key: secretKey, sdk_app_id: sdkAppId, region } = one;
      return { name, weight, secretId, secretKey, sdkAppId, region };
    }),
  });
}
