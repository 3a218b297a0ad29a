import * as z from "zod";
import { integer, safeUrl } from "../../config/fields.js";

const amount = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,6})?$/, { message: "must be an amount such as 2 or 0.5" })
  .transform(Number)
  .optional();

/** Environment variables of the model that writes texts. */
export const scriptVariables = {
  LLM_API_URL: safeUrl.optional(),
  LLM_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{1,500}$/, { message: "must be one word" })
    .optional(),
  LLM_MODEL: z
    .string()
    .regex(/^[\w./:@-]{1,100}$/, { message: "must be the name of a model" })
    .optional(),
  LLM_TIMEOUT_MS: integer(100, 300_000),
  LLM_DAILY_TOKENS: integer(0, 1_000_000_000),
  LLM_DAILY_COST: amount,
  LLM_PRICE_INPUT: amount,
  LLM_PRICE_OUTPUT: amount,
};
