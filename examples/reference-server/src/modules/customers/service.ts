// What others may use of this module.

export { audienceDigest } from "./audience-digest.js";
export { parseColumnNames } from "./columns.js";
export { DELIMITERS, type DelimiterName } from "./csv-table.js";
export { CUSTOMER_FIELDS, importCustomers } from "./import-customers.js";
export type { ImportProgress } from "./import-file.js";
export { importLabels, LABEL_FIELDS } from "./import-labels.js";
export { importOrders } from "./import-orders.js";
export { ORDER_FIELDS, ORDER_PRESETS } from "./order-format.js";
