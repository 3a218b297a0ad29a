import { integer } from "../../config/fields.js";
import { MOST_DAYS_AHEAD } from "./settings.js";

/** Environment variables of revisits. */
export const revisitVariables = { BIRTHDAY_REMINDER_DAYS_AHEAD: integer(0, MOST_DAYS_AHEAD) };
