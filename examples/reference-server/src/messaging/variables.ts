import * as z from "zod";
import { httpUrl, integer, safeUrl, shortText } from "../config/fields.js";

const secret = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { message: "must be 1 to 255 ASCII characters without blanks" });
const mailbox = z.email().max(254);

/** smtps: TLS from the first byte; smtp: becomes TLS, save on this machine. */
const smtpUrl = z.string().refine(
  (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url !== undefined && /^smtps?:$/.test(url.protocol) && url.hostname !== "" && url.search === "";
  },
  { message: "must be smtps://user:password@host:port, or smtp:// with STARTTLS" },
);

/** Environment variables of the channels of messages beside WeCom and SMS. */
export const messagingVariables = {
  MESSAGES_IN_FLIGHT: integer(1, 10_000),
  SMTP_URL: smtpUrl.optional(),
  EMAIL_FROM: z
    .string()
    .max(400)
    .refine((text) => mailbox.safeParse(/<([^<>]+)>$/.exec(text)?.[1] ?? text).success, {
      message: "must be a mail address, or Name <address>",
    })
    .optional(),
  EMAIL_SENDER: shortText.optional(),
  EMAIL_CONTACT: shortText.optional(),
  EMAIL_BOUNCE_ADDRESS: mailbox.optional(),
  EMAIL_UNSUBSCRIBE_ADDRESS: mailbox.optional(),
  DKIM_DOMAIN: shortText.optional(),
  DKIM_SELECTOR: shortText.optional(),
  DKIM_PRIVATE_KEY: z.string().max(10_000).optional(),
  FEISHU_APP_ID: shortText.optional(),
  FEISHU_APP_SECRET: secret.optional(),
  FEISHU_BASE_URL: httpUrl.optional(),
  JPUSH_APP_KEY: shortText.optional(),
  JPUSH_MASTER_SECRET: secret.optional(),
  JPUSH_BASE_URL: httpUrl.optional(),
  MESSAGE_WEBHOOK_URL: safeUrl.optional(),
  MESSAGE_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/=]{32,128}$/, { message: "must be whsec_ and base64 of 24 to 64 bytes" })
    .optional(),
  OFFICIAL_ACCOUNT_APP_ID: shortText.optional(),
  OFFICIAL_ACCOUNT_SECRET: secret.optional(),
  OFFICIAL_ACCOUNT_BASE_URL: httpUrl.optional(),
};
