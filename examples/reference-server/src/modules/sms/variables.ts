import { signatureIssue } from "@recallkit/sms";
import * as z from "zod";
import { commaList, httpUrl, onOff, shortText } from "../../config/fields.js";
import type { SmsProviderName } from "../../sms/sms-account.js";

const secret = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { message: "must be 1 to 255 ASCII characters without blanks" });

/** One entry of `SMS_PROVIDERS`. */
const SHARE = /^(yunpian|aliyun|tencent)(?::(\d{1,6}))?$/;

/** Who is asked first: an order (`yunpian,aliyun`), or weights (`yunpian:3,aliyun:1`). */
const shares = commaList
  .refine(
    (parts) =>
      parts.length > 0 &&
      parts.every((part) => SHARE.test(part)) &&
      new Set(parts.map((part) => part.split(":")[0])).size === parts.length &&
      new Set(parts.map((part) => part.includes(":"))).size === 1,
    { message: "must be an order such as yunpian,aliyun, or weights such as yunpian:3,aliyun:1" },
  )
  .transform((parts) =>
    parts.map((part, place) => {
      const [, name = "", weight] = SHARE.exec(part) ?? [];
      // Of an order the first one gets everybody, the others take over.
      return { name: name as SmsProviderName, weight: weight === undefined ? Number(place === 0) : Number(weight) };
    }),
  )
  .refine((all) => all.some(({ weight }) => weight > 0), { message: "needs a weight above 0" });

/** Environment variables of SMS. */
export const smsVariables = {
  YUNPIAN_API_KEY: secret.optional(),
  YUNPIAN_BASE_URL: httpUrl.optional(),
  YUNPIAN_UID: onOff,
  YUNPIAN_PULL: onOff,
  ALIYUN_ACCESS_KEY_ID: secret.optional(),
  ALIYUN_ACCESS_KEY_SECRET: secret.optional(),
  ALIYUN_SMS_BASE_URL: httpUrl.optional(),
  TENCENT_SECRET_ID: secret.optional(),
  TENCENT_SECRET_KEY: secret.optional(),
  TENCENT_SMS_APP_ID: z
    .string()
    .regex(/^\d{1,20}$/, { message: "must be a number" })
    .optional(),
  TENCENT_SMS_REGION: shortText.optional(),
  TENCENT_SMS_BASE_URL: httpUrl.optional(),
  SMS_PROVIDERS: shares.optional(),
  SMS_SIGNATURE: z
    .string()
    .transform((text) => text.replace(/^【(.*)】$/, "$1"))
    .refine((text) => signatureIssue(text) === undefined, {
      message: "must have 2 to 20 letters, digits or Chinese characters, without 【】, and not digits alone",
    })
    .optional(),
};
