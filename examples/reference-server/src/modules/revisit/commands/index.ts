import type { AddCommand } from "../../../cli/command.js";
import { addRevisit } from "./revisit.js";

/** Commands of revisits. */
export const commands: readonly AddCommand[] = [addRevisit];
