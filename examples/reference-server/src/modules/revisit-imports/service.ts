// What others may use of this module.

export { backUpFile } from "./back-up-file.js";
export { initialFiles, pendingFiles } from "./files/tree.js";
export { importInitial, importPending, type TreeOutcome } from "./import-tree.js";
export { loadSampleInstitutions } from "./sample.js";
export { storeLines, storeText } from "./store-lines.js";
