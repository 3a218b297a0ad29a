import { onOff } from "../../config/fields.js";

/** Environment variables of the web console. */
export const consoleVariables = {
  CONSOLE: onOff,
};
