import type { AddCommand } from "../../../cli/command.js";
import { addJobs } from "./jobs.js";

/** This module's part of the command line. */
export const commands: readonly AddCommand[] = [addJobs];
