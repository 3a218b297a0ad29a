import type { AddCommand } from "../../../cli/command.js";
import { addCheck } from "./check.js";
import { addImport } from "./import.js";
import { addInit } from "./init.js";
import { addLauncher } from "./launcher.js";

/** Commands of files of institutions, of the stores, and the menu over all. */
export const commands: readonly AddCommand[] = [addCheck, addInit, addImport, addLauncher];
