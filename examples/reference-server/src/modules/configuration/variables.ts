import * as z from "zod";
import { httpUrl, shortText } from "../../config/fields.js";

/** Environment variables of a Nacos whose values the configuration follows. */
export const configurationVariables = {
  NACOS_URL: httpUrl.optional(),
  NACOS_NAMESPACE: shortText.optional(),
  NACOS_GROUP: shortText.optional(),
  NACOS_DATA_ID: shortText.optional(),
  NACOS_USERNAME: shortText.optional(),
  NACOS_PASSWORD: z.string().max(255).optional(),
};
