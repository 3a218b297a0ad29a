const figures = {
  kind: "orders" as const,
  rows: 3,
  inserted: 2,
  updated: 0,
  unchanged: 0,
  refused: 0,
  rejected_rows: 0,
  rejected: [],
  dropped: [],
  repeated: 1,
  skipped: {},
  changed_orders: 0,
  moved: 0,
  warnings: [],
  new_customers: 2,
  new_labels: 0,
  amount_minor: 29_800,
  currency: "CNY",
};

/** An import in lists. */
export const summaryExample = {
  id: 7,
  name: "订单.xlsx",
  state: "done" as const,
  is_dry_run: false,
  bytes: 20_480,
  progress: null,
  done_rows: 2,
  dry_run: null,
  result: figures,
  error: null,
  rejects: 0,
  created_at: 1_767_225_600_000,
  started_at: 1_767_225_660_000,
  finished_at: 1_767_225_661_000,
};

const guess = {
  mapping: {
    version: 1,
    kind: "orders" as const,
    columns: { order_no: "订单编号", customer_key: "会员号", ordered_at: "下单时间", amount: "实付金额" },
  },
  preset: null,
  matched: [{ field: "order_no", column: "订单编号", reason: "name", confidence: "sure", others: [] }],
  unused: ["备注"],
  missing: [],
  questions: [],
  statuses: [],
  rows: 3,
  file: {
    format: "xlsx",
    packed: null,
    encoding: null,
    delimiter: null,
    header_line: 1,
    sheet: "Sheet1",
    sheets: ["Sheet1"],
  },
};

/** An import by itself. */
export const example = {
  ...summaryExample,
  columns: ["订单编号", "会员号", "下单时间", "实付金额", "备注"],
  guess,
  question: null,
};

/** An import whose file was just given. */
export const lookExample = {
  ...example,
  state: "draft" as const,
  result: null,
  done_rows: 0,
  started_at: null,
  finished_at: null,
  samples: [{ 订单编号: "A1001", 会员号: "17850", 下单时间: "2026-01-05T10:30:00", 实付金额: "199", 备注: "" }],
  candidates: [],
};
