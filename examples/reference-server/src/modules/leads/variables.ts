import * as z from "zod";
import { integer, safeUrl } from "../../config/fields.js";

/** Environment variables of lead packages and calls. */
export const leadVariables = {
  DIALER_WEBHOOK_URL: safeUrl.optional(),
  DIALER_WEBHOOK_SECRET: z.string().min(32, { message: "needs at least 32 characters" }).max(255).optional(),
  CALLING_HOURS: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, {
      message: "must be hours such as 08:00-20:00",
    })
    .transform((text) => ({ from: text.slice(0, 5), to: text.slice(6) }))
    .refine(({ from, to }) => from < to, { message: "must end after they begin" })
    .optional(),
  LEAD_LEASE_MS: integer(1000, 3_600_000),
};
