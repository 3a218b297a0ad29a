// What others may use of this module.

import type { RowKind } from "../../frame/row-import.js";
import { callsKind } from "./imports/calls-kind.js";
import { leadsKind } from "./imports/leads-kind.js";
import { packagesKind } from "./imports/packages-kind.js";

/** Kinds of files whose rows are leads, their packages and their calls. */
export const LEAD_KINDS = ["lead_packages", "leads", "calls"] as const;

/** How files of these kinds are imported. */
export const leadImports = [packagesKind, leadsKind, callsKind] as readonly RowKind[];
