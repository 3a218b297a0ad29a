import type { AddCommand } from "../../../cli/command.js";
import { addAudience } from "./audience.js";
import { addPush } from "./push-run.js";
import { addReport } from "./report.js";

/** This module's part of the command line. */
export const commands: readonly AddCommand[] = [addAudience, addPush, addReport];
