import * as z from "zod";
import { integer } from "../../config/fields.js";

/** Environment variables of files of institutions. */
export const revisitImportVariables = {
  REVISIT_IMPORT_DIR: z.string().max(4096, { message: "is too long" }).optional(),
  REVISIT_IMPORT_SETTLE_MS: integer(0, 600_000),
};
