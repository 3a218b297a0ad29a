import type { AddCommand } from "../../../cli/command.js";
import { addAudit } from "./audit.js";

/** This module's part of the command line. */
export const commands: readonly AddCommand[] = [addAudit];
