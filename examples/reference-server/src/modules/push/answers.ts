import { BATCH_STATES, DELIVERY_STATES } from "@recallkit/core";
import * as z from "zod";
import { sentAttachment, toldFields } from "./attachments.js";
import { toldFallbackFields } from "./fallback.js";
import { attributeConditions } from "./fields.js";

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

const warning = z.strictObject({ path: z.string(), code: z.string(), message: z.string() });

/** Answer of `create` and `edit`: done, with what would keep the push from going out as things are now. */
export const writtenAnswer = z.strictObject({
  success: z.literal(true),
  data: z.literal(true),
  warnings: z
    .array(warning)
    .optional()
    .describe("目前会导致无法发送的设置；没有则不返回 / what would keep it from being sent now; absent without any"),
});

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
    attributes: attributeConditions,
    segmentId: z.int().nullable().describe("已保存的人群 / a saved segment"),
    lastOrderDay: z.int().nullable(),
    lastOrderDayLimit: z.int().nullable(),
    content: z.string(),
    img: z.string(),
    miniProgramTitle: z.string(),
    miniProgramImg: z.string(),
    miniProgramUrl: z.string(),
    ...toldFields,
    ...toldFallbackFields,
    allCustomers: z.boolean(),
    otherConditions: z
      .boolean()
      .describe(
        "只读：另有推送表单以外的筛选条件，编辑时保持不变 / read-only: has conditions beside these; edits keep them",
      ),
    labelMode: z.enum(["any", "grouped", "all"]),
    recencyMode: z.enum(["last_order", "any_order"]),
    messageClass: z.enum(["marketing", "transactional"]),
    batchPauseSeconds: z.number(),
    alertFailureRate: z.number().nullable(),
    version: z.int().describe("每次编辑加一 / one more for every edit"),
    ...readOnly,
  }),
);

const {
  id: _id,
  status: _status,
  ...definitionFields
} = infoAnswer.shape.data.omit({
  version: true,
  createTime: true,
  usefulTime: true,
  lastRun: true,
  nextRun: true,
}).shape;

/** Answer of `versions`. */
export const versionsAnswer = succeeded(
  z.array(z.strictObject({ version: z.int(), editTime: localTime, ...definitionFields })),
);

/** Questions of a preview, in order; those behind `attributes` are of rules that were made elsewhere. */
const PREVIEW_STEPS = [
  ...["customers", "window", "labels", "attributes", "orders", "products", "birthday", "channels"],
  ...["consents", "engagement", "saved", "all", "any", "none", "reachable"],
] as const;

/** Answer of `preview`. */
export const previewAnswer = succeeded(
  z.strictObject({
    count: z.int().describe("人群人数，未扣除无法触达和频控 / people, before reachability and caps"),
    steps: z.array(z.strictObject({ name: z.enum(PREVIEW_STEPS), count: z.int() })),
    sample: z.array(z.strictObject({ customerId: z.int(), customerKey: z.string() })).max(10),
    warnings: z.array(z.strictObject({ code: z.string(), message: z.string() })),
    batches: z.int().describe("将创建的群发任务数 / tasks that would be made"),
    asked: z.int().describe("逐人判断的人数，最多 10000 / people asked about one by one, at most 10 000"),
    contacted: z.int().describe("其中会触达的人数 / of these, people who would get it"),
    reasons: z
      .record(z.string(), z.int())
      .describe("其中不触达的人数，按原因，见 docs/reasons.md / of these, people who would not, by reason"),
    segments: z.null().describe("短信条数；企业微信为 null / SMS segments, null for WeCom"),
    as_of: z.int().describe("计算时刻，毫秒时间戳 / when it was counted, epoch ms"),
    content_hash: z.string().describe("推送定义的指纹，用于 `run` 的 `expected` / fingerprint of the push, for `run`"),
  }),
);

/** Answer of `test`. */
export const testAnswer = succeeded(
  z.strictObject({
    occurrenceId: z.int().nullable().describe("客户测试的触发编号；没有客户则为 null / null without customers"),
    unreachedStaff: z.array(z.string()).nullable().describe("未送达的成员；没有成员则为 null / null without staff"),
  }),
);

/** Answer of `results`. */
export const resultsAnswer = succeeded(
  z.strictObject({
    data: z.array(
      z.strictObject({
        id: z.int(),
        name: z.string(),
        result: z.strictObject({
          external_userid: z
            .array(z.string())
            .describe(
              "调用中的客户；仅 admin 和 platform 可见全文 / whom the call named; in full for admin and platform only",
            ),
          left_out: z
            .array(
              z.strictObject({
                external_userid: z.string(),
                state: z.enum(DELIVERY_STATES),
                reason: z.string().nullable(),
              }),
            )
            .describe("本批中未发送的客户及原因，如频控、免打扰 / who was in the batch and got nothing, and why"),
          content: z.string(),
          attachments: z.array(sentAttachment),
          add: z.strictObject({
            errcode: z.int().describe("0 成功；-1 结果未知或未调用成功 / -1: unknown, or no code came"),
            errmsg: z.string(),
            fail_list: z.array(z.string()),
            msgid: z.string(),
          }),
        }),
        created_at: localTime,
        pushId: z.int(),
        occurrenceId: z.int(),
        number: z.int(),
        channel: z.string(),
        state: z.enum(BATCH_STATES),
        reason: z.string().nullable(),
      }),
    ),
    total: z.int(),
    page: z.int(),
    pagesize: z.int(),
    pages: z.int(),
  }),
);

const rate = z.number().nullable();
const minor = z.int().describe("最小货币单位 / minor units");

/** Answer of `statistics`: the documented figures, and those that say what they leave out. */
export const statisticsAnswer = succeeded(
  z.strictObject({
    推送人数: z.int(),
    推送成功人数: z.int(),
    推送失败人数: z.int(),
    推送成功率: rate,
    产生订单数: z.int(),
    订单转化率: rate,
    购买用户数: z.int(),
    用户转化率: rate,
    已送达人数: z.int(),
    待成员确认人数: z.int(),
    未送达人数: z.int(),
    结果未知人数: z.int(),
    送达率: rate,
    口径: z.string(),
    audience: z.int(),
    accepted: z.int(),
    delivered: z.int(),
    notDelivered: z.int(),
    waiting: z.int(),
    unknown: z.int(),
    revenueMinor: minor,
    refundedMinor: minor,
    netRevenueMinor: minor,
    currency: z.string(),
    byDay: z.array(
      z.strictObject({
        date: z.string(),
        pushed: z.int(),
        succeeded: z.int(),
        failed: z.int(),
        accepted: z.int(),
        delivered: z.int(),
        notDelivered: z.int(),
        waiting: z.int(),
        unknown: z.int(),
        orders: z.int(),
        buyers: z.int(),
        revenueMinor: minor,
        refundedMinor: minor,
      }),
    ),
    products: z.array(
      z.strictObject({
        sku: z.string().nullable(),
        name: z.string().nullable(),
        quantity: z.number(),
        orders: z.int(),
        buyers: z.int(),
        amountMinor: minor,
      }),
    ),
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

/** Answer of `POST /api/media`. */
export const mediaAnswer = z.strictObject({
  reference: z.string().describe("media:<sha256>"),
  media_type: z.enum(["image/jpeg", "image/png"]),
  bytes: z.int(),
});
