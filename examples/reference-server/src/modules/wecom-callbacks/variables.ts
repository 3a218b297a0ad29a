import * as z from "zod";

/** Environment variables of WeCom's callbacks, as its console shows them. */
export const wecomCallbackVariables = {
  WECOM_CALLBACK_TOKEN: z
    .string()
    .regex(/^[A-Za-z0-9]{1,32}$/, { message: "must be 1 to 32 letters and digits" })
    .optional(),
  WECOM_CALLBACK_AES_KEY: z
    .string()
    .regex(/^[A-Za-z0-9]{43}$/, { message: "must be the EncodingAESKey: 43 letters and digits" })
    .optional(),
};
