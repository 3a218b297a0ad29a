import { integer, safeUrl } from "../../config/fields.js";

/** Environment variables of links: where people find the pages. */
export const landingVariables = {
  PUBLIC_URL: safeUrl.optional(),
  SHORT_URL: safeUrl.optional(),
  LINK_EXPIRE_DAYS: integer(1, 365),
};
