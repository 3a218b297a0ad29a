import * as z from "zod";
import { integer } from "../../config/fields.js";

/** Environment variables of imports. */
export const importVariables = {
  IMPORT_DIR: z.string().max(4096, { message: "is too long" }).optional(),
  IMPORT_MAX_MB: integer(1, 1_000_000),
  IMPORT_RETENTION_DAYS: integer(1, 3650),
};
