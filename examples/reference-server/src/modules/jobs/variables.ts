import * as z from "zod";
import { commaList, httpUrl, shortText } from "../../config/fields.js";

/** Environment variables of an xxl-job-admin that drives the jobs. */
export const jobVariables = {
  XXL_JOB_ADMIN_URL: commaList
    .refine((urls) => urls.length > 0 && urls.every((url) => httpUrl.safeParse(url).success), {
      message: "must be a comma list of http(s) URLs",
    })
    .optional(),
  XXL_JOB_ACCESS_TOKEN: z.string().min(16, { message: "needs at least 16 characters" }).max(255).optional(),
  XXL_JOB_APP_NAME: shortText.optional(),
  XXL_JOB_EXECUTOR_URL: httpUrl.optional(),
};
