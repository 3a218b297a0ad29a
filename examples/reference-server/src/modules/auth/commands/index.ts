import type { AddCommand } from "../../../cli/command.js";
import { addApiKeys } from "./api-keys.js";
import { addUsers } from "./users.js";

/** This module's part of the command line. */
export const commands: readonly AddCommand[] = [addUsers, addApiKeys];
