import type { AddCommand } from "../../../cli/command.js";
import { addWecom } from "./wecom.js";

/** This module's part of the command line. */
export const commands: readonly AddCommand[] = [addWecom];
