import type { RowKind } from "../../frame/row-import.js";
import { LEAD_KINDS, leadImports } from "../leads/service.js";

/** Everything that can be imported: what the kit takes, and what modules take. */
export const IMPORT_KINDS = ["orders", "customers", "suppressions", ...LEAD_KINDS] as const;

/** The kind of a file whose rows are a module's; undefined: the kit's. */
export function rowKindOf(kind: unknown): RowKind | undefined {
  return leadImports.find((one) => one.kind === kind);
}
