import type { AddCommand } from "../../../cli/command.js";
import { addChannels } from "./channels.js";
import { addSecrets } from "./secrets.js";
import { addTenants } from "./tenants.js";

/** This module's part of the command line. */
export const commands: readonly AddCommand[] = [addTenants, addChannels, addSecrets];
