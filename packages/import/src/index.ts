export type { BrokenRow, Table, TableRow } from "./table/table.js";
