import type { AddCommand } from "../../../cli/command.js";
import { addReviews } from "./reviews.js";

/** This module's part of the command line. */
export const commands: readonly AddCommand[] = [addReviews];
