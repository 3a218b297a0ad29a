import type { AddCommand } from "../../../cli/command.js";
import { addAlarms } from "./alarms.js";
import { addLedger } from "./ledger.js";
import { addReviews } from "./reviews.js";
import { addRules } from "./rules.js";

/** This module's part of the command line. */
export const commands: readonly AddCommand[] = [addRules, addLedger, addReviews, addAlarms];
