import { onOff } from "../../config/fields.js";

/** Environment variables of reports. */
export const conversionVariables = { CONVERSION_ROLL_UPS: onOff };
