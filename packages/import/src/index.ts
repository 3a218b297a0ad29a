export { DECIMAL_MARKS, type DecimalMark } from "./amount/amount-text.js";
export { BLANK_WORDS } from "./cell/blank-words.js";
export { cleanCell } from "./cell/cell-text.js";
export type { DelimiterName } from "./csv/delimiter.js";
export { type Inspection, type InspectOptions, inspect, mappingOfInspection } from "./inspect/inspect.js";
export type { MatchedColumn } from "./inspect/match-columns.js";
export type { KeyReading } from "./key/key-column.js";
export { parseAttribute } from "./mapping/attribute-option.js";
export {
  type Columns,
  CUSTOMER_FIELDS,
  type CustomerField,
  type Field,
  ORDER_FIELDS,
  type OrderField,
  PERSON_FIELDS,
  type PersonField,
  SUPPRESSION_FIELDS,
  type SuppressionField,
} from "./mapping/field.js";
export {
  type AttributeColumn,
  CHANGE_POLICIES,
  type ChangePolicy,
  type CustomerMapping,
  LEVELS,
  type Level,
  type Mapping,
  type OrderMapping,
  parseMapping,
  type SkipRule,
  type SuppressionMapping,
} from "./mapping/mapping.js";
export { type FoundStatus, judgeOrders, type OrderJudgement } from "./order/judge-orders.js";
export type { LevelVerdict } from "./order/level-evidence.js";
export { type OrderReading, readOrders } from "./order/read-orders.js";
export type { ReturningKeys } from "./order/returning-keys.js";
export { ATTRIBUTE_TYPES, type AttributeType, type AttributeValue } from "./person/attribute.js";
export { readPhone } from "./person/phone.js";
export {
  type CustomerJudgement,
  type CustomerReading,
  type CustomerRow,
  readCustomers,
} from "./person/read-customers.js";
export { readSuppressions } from "./person/read-suppressions.js";
export { PRESETS, type PresetName, presetMapping, presetOf } from "./preset/presets.js";
export type { ReadingContext, ReadingProgress, Tables } from "./reading/context.js";
export type { Dropped, Fault } from "./reading/fault.js";
export type { Question, QuestionCode } from "./reading/question.js";
export type { ReadItem, Reading, RejectedItem, SourceLine, TakenItem } from "./reading/reading.js";
export type { ReadingSummary, TalliedCode } from "./reading/tally.js";
export { type ImportFileOptions, type ImportSource, importFile, wholeMapping } from "./run/import-file.js";
export type {
  ImportOptions,
  ImportProgress,
  ImportTarget,
  RejectedRow,
  RejectsSink,
} from "./run/import-options.js";
export type { ImportResult } from "./run/import-result.js";
export { importRows } from "./run/import-rows.js";
export { type RejectsFile, type RejectsFileOptions, rejectsFile } from "./run/rejects-file.js";
export { type ImportingKit, withImport } from "./run/with-import.js";
export type { Candidate, ReadErrorCode } from "./source/import-error.js";
export { QuestionError } from "./source/import-error.js";
export type { ReadLimits } from "./source/read-limits.js";
export { STATUS_MEANINGS, type StatusMeaning } from "./status/status-meaning.js";
export type { OpenTable, OpenTableOptions, TableSource } from "./table/open-table.js";
export { openTable } from "./table/open-table.js";
export type { BrokenRow, Table, TableRow } from "./table/table.js";
export type { ReadWarning } from "./table/warnings.js";
export type { EncodingName } from "./text/encoding.js";
export { DAY_ORDERS, type DayOrder } from "./time/calendar-day.js";
export { type DateOrders, instantReader, type ReadInstant } from "./time/time-column.js";
