import type { AddCommand } from "../../../cli/command.js";
import { addSms } from "./sms.js";

/** Commands of SMS. */
export const commands: readonly AddCommand[] = [addSms];
