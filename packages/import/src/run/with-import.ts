import type { TenantKit } from "@recallkit/core";
import type { Mapping } from "../mapping/mapping.js";
import { type ImportFileOptions, type ImportSource, importFile } from "./import-file.js";
import type { ImportResult } from "./import-result.js";

/** A kit that imports files. */
export interface ImportingKit {
  /** Imports files of orders, customers or opt-outs. Throws what `importFile` throws. */
  import(source: ImportSource, mapping?: Partial<Mapping>, options?: ImportFileOptions): Promise<ImportResult>;
}

/** The kit of a tenant, or of RecallKit as a whole, with `import`. */
export function withImport<K extends TenantKit>(kit: K): K & ImportingKit {
  return { ...kit, import: (source, mapping, options) => importFile(kit, source, mapping, options) };
}
