import type { AddCommand } from "../../../cli/command.js";
import { addProjections } from "./projections.js";

/** Commands of projections. */
export const commands: readonly AddCommand[] = [addProjections];
