import { isLocalDate, parseInstant } from "@recallkit/core/ports";
import { says } from "@recallkit/http";
import * as z from "zod";
import { attachedFields } from "./attachments.js";
import { crossFieldFaults } from "./cross-checks.js";
import { fallbackFields } from "./fallback.js";
import {
  attributeConditions,
  cardPage,
  cardTitle,
  imageReference,
  labelList,
  localDay,
  messageText,
  orderDays,
  pushId,
  pushName,
  pushStatus,
  weekDayPushTime,
} from "./fields.js";

const definition = {
  name: pushName,
  status: pushStatus.optional(),
  startDate: localDay.describe("生效开始日期 / first day"),
  endDate: localDay.describe("生效结束日期 / last day, included"),
  weekDayPushTime: z.array(weekDayPushTime).min(1).max(168),
  cityLabels: labelList.describe("城市标签名，逗号分隔 / names of cities"),
  storeLabels: labelList.describe("分仓 ID，逗号分隔 / ids of stores"),
  brandLabels: labelList.describe("品牌名，逗号分隔 / names of brands"),
  cateLabels: labelList.describe("二级品类 ID，逗号分隔 / ids of categories"),
  skuLabels: labelList.describe("SKU，逗号分隔 / SKUs"),
  attributes: attributeConditions
    .optional()
    .describe("自定义属性条件，须全部满足；编辑时不填则保持不变 / all must hold; an edit without it keeps them"),
  segmentId: z
    .int()
    .min(1)
    .nullish()
    .describe(
      "已保存的人群，须同时满足；编辑时不填则不变，null 去掉 / a saved segment, which must hold too; an edit without it keeps it, null takes it away",
    ),
  lastOrderDay: orderDays.describe("距上次购买天数下限，含 / least days since the last order, included"),
  lastOrderDayLimit: orderDays.describe("距上次购买天数上限，含 / most days since the last order, included"),
  content: messageText.describe("文本，UTF-8 不超过 4000 字节 / text, at most 4000 bytes"),
  img: imageReference.describe("图片 https 地址或 media:<sha256> / https URL of an image"),
  miniProgramTitle: cardTitle.describe("小程序卡片标题，UTF-8 不超过 64 字节；三个 miniProgram 字段须同时填写"),
  miniProgramImg: imageReference.describe("小程序卡片封面 / cover of the card"),
  miniProgramUrl: cardPage.describe("小程序页面路径 / page of the mini program"),
  ...attachedFields,
  ...fallbackFields,
  allCustomers: z.boolean().optional().describe("没有任何筛选条件时必须为 true / asks for everybody"),
  labelMode: z
    .enum(["any", "grouped", "all"])
    .optional()
    .describe("标签关系，默认 any：任一命中；grouped：同类或、跨类且；all：全部命中"),
  recencyMode: z
    .enum(["last_order", "any_order"])
    .optional()
    .describe("默认 last_order：最后一单在区间内；any_order：区间内有过订单"),
  messageClass: z.enum(["marketing", "transactional"]).optional().describe("默认 marketing，受频次控制"),
  batchPauseSeconds: z
    .int()
    .min(0)
    .max(3600)
    .optional()
    .describe("批次之间至少间隔的秒数，默认 0 / pause between batches"),
  alertFailureRate: z
    .number()
    .min(0)
    .max(1)
    .nullish()
    .describe("失败率超过该值时告警，默认 0.2；null 不告警 / alarm above this rate, null: never"),
};

const readOnly = z.unknown().optional().describe("只读，忽略 / read-only, ignored");

// Checks across fields run also when a field is wrong by itself, so that one answer lists everything.
const always = { when: () => true };

/** Body of `POST /wechatpush/create`. */
export const createBody = z.strictObject(definition).superRefine(crossFieldFaults, always);

/** Body of `POST /wechatpush/edit`: an id with a whole definition; what `info` adds for reading is ignored. */
export const editBody = z
  .strictObject({
    id: pushId,
    ...definition,
    otherConditions: readOnly,
    createTime: readOnly,
    updateTime: readOnly,
    usefulTime: readOnly,
    version: readOnly,
    lastRun: readOnly,
    nextRun: readOnly,
  })
  .superRefine(crossFieldFaults, always);

/** A push as its callers write it, normalised. */
export type PushDefinition = z.output<typeof createBody>;

/** Body of routes that need nothing but an id. */
export const idBody = z.strictObject({ id: pushId });

/** Body of `POST /wechatpush/run`. */
export const runBody = z.strictObject({
  id: pushId,
  force: z.boolean().optional().describe("不在有效期内也执行，默认 false / runs outside the validity too"),
  expected: z
    .strictObject({ count: z.int().min(0), content_hash: z.string().min(1).max(64) })
    .optional()
    .describe(
      "预览时看到的人数与内容；人数变动超过 1% 与 10 人中的较大者、或内容已改时返回 409 / what a preview showed; 409 when people moved by more than 1 % and 10, or the push was edited",
    ),
});

/** Body of `POST /wechatpush/preview`: a push to be made, or the id of one. */
export const previewBody = z.union([idBody, createBody]);

const userids = z.array(z.string().min(1).max(64)).min(1).max(20);

/** Body of `POST /wechatpush/test`. */
export const testBody = z
  .strictObject({
    id: pushId,
    externalUserids: userids.optional().describe("客户的 external_userid，1-20 个 / customers"),
    staffUserids: userids.optional().describe("成员 userid，1-20 个 / members of staff"),
  })
  .refine((body) => body.externalUserids ?? body.staffUserids, {
    path: ["externalUserids"],
    ...says("externalUserids 和 staffUserids 至少填写一项", "needs customers or staff"),
  });

/** Body of `POST /wechatpush/editstatus`. */
export const statusBody = z.strictObject({ id: pushId, status: pushStatus });

/** `""` and `null` mean no bound. */
const day = z
  .string()
  .nullish()
  .transform((text) => text || undefined)
  .pipe(localDay.optional());

/** Body of `POST /wechatpush/lists`. Numbers outside the range are moved to its ends. */
export const listBody = z
  .strictObject({
    searchText: z.string().max(255).nullish().describe("名称包含的文字 / part of the name"),
    startTime: day.describe("创建日期起，含 / created on or after"),
    endTime: day.describe("创建日期止，含 / created on or before"),
    page: z.int().default(1),
    pagesize: z.int().default(10).describe("1-200"),
  })
  .superRefine(({ startTime, endTime }, check) => {
    if (startTime === undefined || endTime === undefined || startTime <= endTime) return;
    check.addIssue({
      code: "custom",
      path: ["endTime"],
      params: { zh: "不能早于 startTime", en: "must not be before startTime" },
    });
  });

/** A day, or a local time to the second; `""` and `null` mean no bound. */
const dayOrTime = z
  .string()
  .nullish()
  .transform((text) => text || undefined)
  .refine(
    (text) => text === undefined || isLocalDate(text) || isLocalSecond(text),
    says("应为 YYYY-MM-DD 或 YYYY-MM-DD HH:mm:ss", "must be YYYY-MM-DD or YYYY-MM-DD HH:mm:ss"),
  );

function isLocalSecond(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text) && parseInstant(text, "UTC") !== undefined;
}

const periodFields = {
  id: pushId.optional().describe("只看这一条推送 / only this push"),
  searchText: z.string().max(255).nullish().describe("名称包含的文字 / part of the name"),
  startTime: dayOrTime.describe("触发时间起，含 / pushed at or after"),
  endTime: dayOrTime.describe("触发时间止，含 / pushed at or before"),
};

/** Body of `POST /wechatpush/statistics`. */
export const statisticsBody = z.strictObject(periodFields);

/** Body of `POST /wechatpush/results`. Numbers outside the range are moved to its ends. */
export const resultsBody = z.strictObject({
  ...periodFields,
  page: z.int().default(1),
  pagesize: z.int().default(10).describe("1-20"),
});

/** Body of `POST /wechatpush/labels`. */
export const labelsBody = z.strictObject({
  skuAfter: z.string().max(255).optional().describe("从这个 SKU 之后继续 / continue after this SKU"),
});

/** Body of `POST /api/media`: the bytes of an image. */
export const imageBytes = z.instanceof(Uint8Array);
