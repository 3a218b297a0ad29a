import type { AddCommand } from "../../../cli/command.js";
import { addEvidence } from "./evidence.js";
import { addPerson } from "./person.js";

/** This module's part of the command line. */
export const commands: readonly AddCommand[] = [addPerson, addEvidence];
