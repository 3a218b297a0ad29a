import type { ColumnNames, ReadCell } from "./columns.js";

/** Fields of a file of orders; a line is one thing bought. */
export const ORDER_FIELDS = [
  "order_no",
  "customer_key",
  "ordered_at",
  "amount",
  "status",
  "sku",
  "category",
  "brand",
  "store",
] as const;
export type OrderField = (typeof ORDER_FIELDS)[number];

/** Fields that presets may use besides. */
const PRESET_FIELDS = ["description", "quantity", "unit_price", "city"] as const;
export type LineField = OrderField | (typeof PRESET_FIELDS)[number];

/** Why a line is passed over without being wrong. */
export type SkipReason = "cancelled" | "no_customer";

/** How a file of orders is laid out. */
export interface OrderFormat {
  /** Source under which its orders are kept. */
  readonly source: string;
  readonly fields: readonly LineField[];
  readonly required: readonly LineField[];
  readonly names: ColumnNames<LineField>;
  readonly skip: (cell: ReadCell<LineField>, cells: readonly string[]) => SkipReason | undefined;
}

/** The product's own columns. */
export const genericOrders: OrderFormat = {
  source: "import",
  fields: ORDER_FIELDS,
  required: ["customer_key", "ordered_at", "amount"],
  names: {},
  skip: () => undefined,
};

/**
 * UCI "Online Retail": a line's amount is quantity × unit price; cancellations and sales without a customer do not count.
 *
 * @see https://doi.org/10.24432/C5BW33
 */
const onlineRetail: OrderFormat = {
  source: "online-retail",
  fields: ["order_no", "customer_key", "ordered_at", "sku", "description", "quantity", "unit_price", "city"],
  required: ["order_no", "customer_key", "ordered_at", "quantity", "unit_price"],
  names: {
    order_no: "InvoiceNo",
    customer_key: "CustomerID",
    ordered_at: "InvoiceDate",
    sku: "StockCode",
    description: "Description",
    quantity: "Quantity",
    unit_price: "UnitPrice",
    city: "Country",
  },
  skip: (cell, cells) => {
    if (cell(cells, "order_no").startsWith("C")) return "cancelled";
    return cell(cells, "customer_key") === "" ? "no_customer" : undefined;
  },
};

/** Layouts of well-known files by name. */
export const ORDER_PRESETS: Readonly<Record<string, OrderFormat>> = { "online-retail": onlineRetail };
