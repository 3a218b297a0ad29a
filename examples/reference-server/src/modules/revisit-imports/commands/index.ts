import type { AddCommand } from "../../../cli/command.js";
import { addImport } from "./import.js";

/** Commands of files of institutions. */
export const commands: readonly AddCommand[] = [addImport];
