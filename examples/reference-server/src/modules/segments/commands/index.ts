import type { AddCommand } from "../../../cli/command.js";
import { addSegment } from "./segment.js";

/** This module's part of the command line. */
export const commands: readonly AddCommand[] = [addSegment];
