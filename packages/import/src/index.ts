export type { DelimiterName } from "./csv/delimiter.js";
export type { Candidate, ReadErrorCode } from "./source/import-error.js";
export { QuestionError } from "./source/import-error.js";
export type { ReadLimits } from "./source/read-limits.js";
export type { OpenTable, OpenTableOptions, TableSource } from "./table/open-table.js";
export { openTable } from "./table/open-table.js";
export type { BrokenRow, Table, TableRow } from "./table/table.js";
export type { ReadWarning } from "./table/warnings.js";
export type { EncodingName } from "./text/encoding.js";
