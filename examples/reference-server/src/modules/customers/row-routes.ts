import type { CustomerIngestResult, CustomerInput, OrderInput } from "@recallkit/core";
import { type Call, defineRoute } from "@recallkit/http";
import type * as z from "zod";
import { outcomes, type ReadRows, readRows } from "./row-outcomes.js";
import {
  customerRows,
  customerRowsAnswer,
  customerRowsQuery,
  MAX_ROWS,
  MAX_ROWS_BYTES,
  orderRows,
  orderRowsAnswer,
  orderRowsQuery,
} from "./row-schema.js";
import { customerRow, orderRow } from "./row-terms.js";

const facts = {
  method: "post",
  auth: "customers:write",
  tags: ["客户 / Customers"],
  rows: { maxRows: MAX_ROWS, maxBytes: MAX_ROWS_BYTES },
} as const;
const BODY =
  "请求体为 JSON 数组，或每行一个 JSON 对象（application/x-ndjson），最多 10000 行、8 MB。逐行校验：有误的行列在 rejected，有误的可选值列在 dropped，其余照常写入。整个请求是一个事务；可重复提交。";
const counts = { inserted: 1, updated: 0, unchanged: 0 };

/** What the query says about rows, for the kit. */
function policiesOf({ strict, on_identity_move }: z.output<typeof customerRowsQuery>) {
  return { onRejected: "return", strict: strict === "true", onIdentityMove: on_identity_move } as const;
}

/** What was wrong with rows, in the form of answers. */
function faultsOf(
  read: ReadRows,
  { rejected, dropped, moved }: Pick<CustomerIngestResult, "rejected" | "dropped" | "moved">,
  call: Pick<Call, "language" | "tell">,
) {
  return {
    rejected: outcomes(read, rejected, call),
    dropped: outcomes({ ...read, refused: [] }, dropped, call),
    moved,
  };
}

/** `/api/customers` and `/api/orders`: what other programs of a shop hand over. */
export const rowRoutes = [
  defineRoute({
    ...facts,
    path: "/api/customers",
    summary: "写入客户 / Take customers over",
    description: BODY,
    request: { body: customerRows, query: customerRowsQuery },
    response: customerRowsAnswer,
    example: {
      request: [
        { customer_key: "17850", name: "王女士", mobile: "+8613800138000", city: "上海" },
        { customer_key: "17851", mobile: "138****8000" },
      ],
      response: {
        inserted: 2,
        updated: 0,
        unchanged: 0,
        rejected: [],
        dropped: [
          {
            index: 1,
            path: "mobile",
            code: "invalid_format",
            message: "应为 E.164 格式的手机号，例如 +8613800138000",
          },
        ],
        moved: 0,
      },
    },
    async handler({ body, query, ...call }) {
      const read = readRows(body, customerRow);
      const { customers } = call.context.kit.forTenant(call.session.tenantId);
      // Rows are checked by the kit, one by one.
      const rows = read.rows as readonly CustomerInput[];
      const { inserted, updated, unchanged, ...taken } = await customers.upsert(rows, policiesOf(query));
      return { inserted, updated, unchanged, ...faultsOf(read, taken, call) };
    },
  }),
  defineRoute({
    ...facts,
    path: "/api/orders",
    summary: "写入订单 / Take orders over",
    description: BODY,
    request: { body: orderRows, query: orderRowsQuery },
    response: orderRowsAnswer,
    example: {
      request: [
        {
          order_no: "A1001",
          customer_key: "17850",
          ordered_at: "2026-01-05 10:30:00",
          amount: "199.00",
          status: "paid",
          lines: [{ sku: { key: "P1", name: "猫粮 2kg" }, quantity: 1, amount: "199.00", store: "1001" }],
          customer: { mobile: "+8613800138000" },
        },
      ],
      response: {
        ...counts,
        rejected: [],
        dropped: [],
        moved: 0,
        changed_orders: 0,
        customers: counts,
        labels: { inserted: 2, updated: 0, unchanged: 0 },
        amount_minor: 19_900,
      },
    },
    async handler({ body, query: { source = "api", on_change: onChange, ...query }, ...call }) {
      const read = readRows(body, orderRow);
      const { orders } = call.context.kit.forTenant(call.session.tenantId);
      // Rows are checked by the kit, one by one.
      const rows = read.rows as readonly OrderInput[];
      const taken = await orders.ingest(rows, { source, onChange, ...policiesOf(query) });
      const { inserted, updated, unchanged, changed, customers, labels, amountMinor } = taken;
      const faults = { ...faultsOf(read, taken, call), changed_orders: changed.orders };
      return { inserted, updated, unchanged, ...faults, customers, labels, amount_minor: amountMinor };
    },
  }),
];
