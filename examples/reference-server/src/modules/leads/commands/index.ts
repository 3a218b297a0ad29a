import type { AddCommand } from "../../../cli/command.js";
import { addDatabaseCommands } from "./database.js";

/** Commands of lead packages. */
export const commands: readonly AddCommand[] = [addDatabaseCommands];
