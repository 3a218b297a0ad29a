import type { AddCommand } from "../../../cli/command.js";
import { addRecall } from "./recall.js";

/** Commands of recall tasks. */
export const commands: readonly AddCommand[] = [addRecall];
