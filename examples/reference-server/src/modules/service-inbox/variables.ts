import * as z from "zod";

/** Environment variables of the official account's callbacks, as its console shows them. */
export const inboxVariables = {
  OFFICIAL_ACCOUNT_CALLBACK_TOKEN: z
    .string()
    .regex(/^[A-Za-z0-9]{3,32}$/, { message: "must be 3 to 32 letters and digits" })
    .optional(),
  OFFICIAL_ACCOUNT_CALLBACK_AES_KEY: z
    .string()
    .regex(/^[A-Za-z0-9]{43}$/, { message: "must be the EncodingAESKey: 43 letters and digits" })
    .optional(),
  OFFICIAL_ACCOUNT_CALLBACK_MODE: z.enum(["secure", "plain"], { message: "must be secure or plain" }).optional(),
};
