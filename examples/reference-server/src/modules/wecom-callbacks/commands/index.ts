import type { AddCommand } from "../../../cli/command.js";
import { addWecomCallbacks } from "./wecom-callbacks.js";

/** Commands of WeCom's callbacks. */
export const commands: readonly AddCommand[] = [addWecomCallbacks];
