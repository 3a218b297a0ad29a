import { z } from "zod";

/** `{success: true, data}` around an answer. */
function succeeded<S extends z.ZodType>(data: S) {
  return z.strictObject({ success: z.literal(true), data });
}

/** Puts an answer into the envelope. */
export function success<T>(data: T): { success: true; data: T } {
  return { success: true, data };
}

/** Answer of routes that change something and tell nothing. */
export const doneAnswer = succeeded(z.literal(true));

const status = z.literal([0, 1]).describe("0-进行中，1-暂停 / 0 active, 1 paused");
const localTime = z.string().describe("YYYY-MM-DD HH:mm:ss");

const readOnly = {
  createTime: localTime,
  usefulTime: z.string().describe("startDate~endDate"),
  lastRun: localTime.nullable().describe("最近一次触发 / start of the latest run"),
  nextRun: localTime.nullable().describe("下一次触发 / next run"),
};

/** Answer of `lists`. */
export const listAnswer = succeeded(
  z.strictObject({
    data: z.array(z.strictObject({ id: z.int(), name: z.string(), status, ...readOnly })),
    total: z.int(),
    page: z.int(),
    pagesize: z.int(),
    pages: z.int(),
  }),
);

/** Answer of `info`. */
export const infoAnswer = succeeded(
  z.strictObject({
    id: z.int(),
    name: z.string(),
    status,
    startDate: z.string(),
    endDate: z.string(),
    weekDayPushTime: z.array(z.strictObject({ week: z.int(), time: z.string() })),
    cityLabels: z.string(),
    storeLabels: z.string(),
    brandLabels: z.string(),
    cateLabels: z.string(),
    skuLabels: z.string(),
    lastOrderDay: z.int().nullable(),
    lastOrderDayLimit: z.int().nullable(),
    content: z.string(),
    img: z.string(),
    miniProgramTitle: z.string(),
    miniProgramImg: z.string(),
    miniProgramUrl: z.string(),
    allCustomers: z.boolean(),
    labelMode: z.enum(["any", "grouped", "all"]),
    recencyMode: z.enum(["last_order", "any_order"]),
    messageClass: z.enum(["marketing", "transactional"]),
    version: z.int().describe("每次编辑加一 / one more for every edit"),
    ...readOnly,
  }),
);

const named = z.strictObject({ id: z.string(), name: z.string() });

/** Answer of `labels`. */
export const labelsAnswer = succeeded(
  z.strictObject({
    cityLabels: z.array(z.string()),
    storeLabels: z.array(named),
    cateLabels: z.array(named),
    brandLabels: z.array(z.string()),
    skuLabels: z.array(named).describe("一页 SKU / one page of SKUs"),
    nextSkuAfter: z.string().nullable().describe("下一页的 skuAfter；null 表示没有了 / null: no more"),
  }),
);

/** Answer of `run`. */
export const runAnswer = succeeded(z.strictObject({ occurrenceId: z.int() }));
