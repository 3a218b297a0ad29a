import { idParams, reply } from "@recallkit/http";
import * as z from "zod";
import { serverRoute } from "../../../frame/server-module.js";
import { csvOf } from "../csv.js";
import { cascadeQuery } from "../fields.js";
import { merchantOf } from "../merchant.js";
import {
  createPackageBody,
  editPackageBody,
  packageExample,
  packageSchema,
  packagesExportQuery,
  packagesPage,
  packagesQuery,
} from "./schema.js";
import { createPackage, deletePackage, editPackage } from "./service.js";
import { packageShape } from "./shape.js";
import { getPackage, listPackages, packagesAfter } from "./store.js";

const facts = { tags: ["线索数据包 / Lead packages"] } as const;
const UNKNOWN = { 404: { description: "数据包不存在 / no such package" } };
const fresh = {
  ...packageExample,
  contact_rate: null,
  interest_rate: null,
  total_calls: 0,
  connected_calls: 0,
  interested_calls: 0,
  total_duration: 0,
  cost_per_contact: null,
  cost_per_interest: null,
};

export const deletedAnswer = z.strictObject({ deleted: z.literal(true) });

/** `/api/packages`. */
export const packageRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/packages",
    auth: "leads:read",
    summary: "数据包列表 / List lead packages",
    request: { query: packagesQuery },
    response: packagesPage,
    example: { response: { items: [packageExample], total: 1, page: 1, page_size: 50 } },
    async handler({ query, ...call }) {
      const { stores, tenantId, timeZone, currency } = await merchantOf(call);
      const { rows, total, page, size } = await listPackages(stores, tenantId, timeZone, query);
      return { items: rows.map((row) => packageShape(row, currency)), total, page, page_size: size };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/packages",
    auth: "leads:write",
    status: 201,
    summary: "创建数据包 / Add a lead package",
    request: { body: createPackageBody },
    response: packageSchema,
    example: {
      request: {
        name: "测试数据包",
        source: "线上渠道",
        industry: "科技",
        region: "江苏",
        total_leads: 1000,
        valid_leads: 900,
        cost_per_lead: 2.5,
      },
      response: fresh,
    },
    async handler({ body, ...call }) {
      const merchant = await merchantOf(call);
      return packageShape(await createPackage(merchant, body), merchant.currency);
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/packages/export",
    auth: "leads:read",
    summary: "导出数据包（CSV） / Packages as CSV",
    description: "UTF-8 带 BOM；以 =、+、-、@ 开头的单元格前加撇号，Excel 不会当作公式。",
    produces: "text/csv",
    request: { query: packagesExportQuery },
    response: z.string(),
    async handler({ query, ...call }) {
      const { stores, tenantId, timeZone, currency } = await merchantOf(call);
      const body = csvOf(
        [
          "id",
          "name",
          "source",
          "industry",
          "region",
          "total_leads",
          "valid_leads",
          "contact_rate",
          "interest_rate",
          "cost_per_lead",
          "total_cost",
          "currency",
          "total_calls",
          "connected_calls",
          "interested_calls",
          "total_duration",
          "created_at",
          "updated_at",
        ],
        (after, limit) => packagesAfter(stores, tenantId, timeZone, query, { after, limit }),
        (row) => packageShape(row, currency),
        timeZone,
      );
      return reply(body, { headers: { "content-disposition": 'attachment; filename="packages.csv"' } });
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/packages/:id",
    auth: "leads:read",
    summary: "数据包详情 / Read a lead package",
    request: { params: idParams },
    response: packageSchema,
    errors: UNKNOWN,
    example: { response: packageExample },
    async handler({ params, ...call }) {
      const { stores, tenantId, currency } = await merchantOf(call);
      return packageShape(await getPackage(stores, tenantId, params.id), currency);
    },
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/packages/:id",
    auth: "leads:write",
    summary: "更新数据包 / Change a lead package",
    description: "未给出的字段保持不变；读取时得到的统计字段可原样送回，会被忽略。",
    request: { params: idParams, body: editPackageBody },
    response: packageSchema,
    errors: UNKNOWN,
    example: {
      request: { name: "华东线索 1 月", region: "江苏" },
      response: { ...packageExample, name: "华东线索 1 月" },
    },
    async handler({ params, body, ...call }) {
      const merchant = await merchantOf(call);
      return packageShape(await editPackage(merchant, params.id, body), merchant.currency);
    },
  }),
  serverRoute({
    ...facts,
    method: "delete",
    path: "/api/packages/:id",
    auth: "leads:write",
    summary: "删除数据包 / Delete a lead package",
    description: "有任务或线索时答复 409；`?cascade=true` 一并删除任务、通话与线索，统计随之更新。",
    request: { params: idParams, query: cascadeQuery },
    response: deletedAnswer,
    errors: { ...UNKNOWN, 409: { description: "还有任务或线索 / it has tasks or leads" } },
    example: { response: { deleted: true as const } },
    async handler({ params, query, ...call }) {
      await deletePackage(await merchantOf(call), params.id, query.cascade === "true");
      return { deleted: true as const };
    },
  }),
];
