import * as z from "zod";
import { integer, shortText } from "../../config/fields.js";

const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, { message: "letters, digits and _; at most 63" })
  .optional();

/** Environment variables of the stores beside the ledger; each is used when its host is set. */
export const projectionVariables = {
  CLICKHOUSE_HOST: shortText.optional(),
  CLICKHOUSE_PORT: integer(1, 65_535),
  CLICKHOUSE_DB: name,
  CLICKHOUSE_USER: shortText.optional(),
  CLICKHOUSE_PASSWORD: shortText.optional(),
  QDRANT_HOST: shortText.optional(),
  QDRANT_PORT: integer(1, 65_535),
  QDRANT_API_KEY: shortText.optional(),
  NEBULA_HOST: shortText.optional(),
  NEBULA_PORT: integer(1, 65_535),
  NEBULA_SPACE: name,
  NEBULA_USER: shortText.optional(),
  NEBULA_PASSWORD: shortText.optional(),
};
