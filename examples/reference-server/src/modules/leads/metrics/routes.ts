import { idParams } from "@recallkit/http";
import { serverRoute } from "../../../frame/server-module.js";
import { merchantOf } from "../merchant.js";
import { dashboard } from "./dashboard.js";
import { dashboardExample, packageStatsExample, summaryExample, trendsExample } from "./examples.js";
import { packageStats } from "./package-stats.js";
import {
  dashboardSchema,
  packageStatsSchema,
  summariesPage,
  summariesQuery,
  summarySchema,
  trendsQuery,
  trendsSchema,
} from "./schema.js";
import { listSummaries, summariseToday, summaryShape } from "./summary.js";
import { trends } from "./trends.js";

const facts = { tags: ["外呼指标 / Call metrics"] } as const;
const UNKNOWN = { 404: { description: "数据包不存在 / no such package" } };

/** `/api/metrics`. */
export const metricsRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/metrics/dashboard",
    auth: "leads:read",
    summary: "仪表盘 / Dashboard",
    description: "比率为 0 … 1 的小数，按总数加权；分母为 0 时为 null。",
    response: dashboardSchema,
    example: { response: dashboardExample },
    handler: async (call) => dashboard(await merchantOf(call)),
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/metrics/summary",
    auth: "leads:read",
    summary: "每日汇总 / Daily summaries",
    request: { query: summariesQuery },
    response: summariesPage,
    example: { response: { items: [summaryExample], total: 1, page: 1, page_size: 50 } },
    async handler({ query, ...call }) {
      const merchant = await merchantOf(call);
      const { rows, total, page, size } = await listSummaries(merchant, query);
      return { items: rows.map((row) => summaryShape(row, merchant.currency)), total, page, page_size: size };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/metrics/summary/today",
    auth: "leads:write",
    summary: "计算今日指标 / Write down how today stands",
    description: "按商户时区的当天，每天一条；重复计算更新同一条。",
    response: summarySchema,
    example: { response: summaryExample },
    async handler(call) {
      const merchant = await merchantOf(call);
      return summaryShape(await summariseToday(merchant), merchant.currency);
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/metrics/trends",
    auth: "leads:read",
    summary: "趋势 / Trends",
    description: "按天、周（周一起）或月；没有通话的周期也列出。",
    request: { query: trendsQuery },
    response: trendsSchema,
    errors: UNKNOWN,
    example: { response: trendsExample },
    handler: async ({ query, ...call }) => trends(await merchantOf(call), query),
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/metrics/package/:id/stats",
    auth: "leads:read",
    summary: "数据包统计 / Statistics of a package",
    request: { params: idParams },
    response: packageStatsSchema,
    errors: UNKNOWN,
    example: { response: packageStatsExample },
    handler: async ({ params, ...call }) => packageStats(await merchantOf(call), params.id),
  }),
];
