// What others may use of this module.

export { backUpFile } from "./back-up-file.js";
export { initialFiles, pendingFiles, type TreeFile } from "./files/tree.js";
export { importInitial, importPending, type TreeOutcome, type TreeResult } from "./import-tree.js";
export { loadSampleInstitutions } from "./sample.js";
export { LEDGER_NAMES, storeLines, storeText } from "./store-lines.js";
