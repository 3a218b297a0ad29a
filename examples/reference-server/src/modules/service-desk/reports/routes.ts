import { reply } from "@recallkit/http";
import * as z from "zod";
import { csvPieces } from "../../../frame/csv.js";
import { serverRoute } from "../../../frame/server-module.js";
import { deskFor } from "../answers.js";
import { salesExample, satisfactionExample, slaExample } from "./examples.js";
import { salesReport } from "./sales.js";
import {
  periodOf,
  periodQuery,
  salesQuery,
  salesSchema,
  salesShape,
  satisfactionSchema,
  satisfactionShape,
  slaSchema,
  slaShape,
} from "./schema.js";
import { satisfactionReport, slaReport } from "./service.js";

const facts = { method: "get", auth: "desk:manage", tags: ["服务报表 / Service reports"] } as const;
const csv = { produces: "text/csv", response: z.string() } as const;

/** A report as CSV: one figure a line, with where in the report it stands. */
function csvOfReport(name: string, report: object) {
  async function* lines(): AsyncGenerator<readonly (string | number | null)[]> {
    for (const [section, part] of Object.entries(report)) {
      for (const [key, row] of Array.isArray(part) ? part.entries() : [["", part] as const])
        yield* figures(section, key, row);
    }
  }
  const headers = { "content-disposition": `attachment; filename="${name}.csv"` };
  return reply(csvPieces(["section", "row", "name", "value"], lines()), { headers });
}

function* figures(
  section: string,
  row: string | number,
  part: unknown,
): Generator<readonly (string | number | null)[]> {
  if (typeof part !== "object" || part === null) {
    yield [section, row, "", part as string | number | null];
    return;
  }
  for (const [name, value] of Object.entries(part)) {
    if (typeof value !== "object" || value === null) yield [section, row, name, value as string | number | null];
    else
      for (const [inner, figure] of Object.entries(value)) yield [section, row, `${name}.${inner}`, figure as number];
  }
}

/** `/api/admin/reports`. */
export const reportRoutes = [
  serverRoute({
    ...facts,
    path: "/api/admin/reports/sales",
    summary: "销售报表 / Report of sales",
    description: "由项目历史计算；比率为 0 … 1，分母为 0 时为 null。赢单：进入售后；丢单：进入丢单。",
    request: { query: salesQuery },
    response: salesSchema,
    example: { response: salesExample },
    async handler({ query, ...call }) {
      const { desk } = await deskFor(call);
      const period = periodOf(desk, query);
      return salesShape(await salesReport(desk, { ...query, ...period }), period, desk.currency);
    },
  }),
  serverRoute({
    ...facts,
    ...csv,
    path: "/api/admin/reports/sales/export",
    summary: "导出销售报表（CSV） / The report of sales as CSV",
    request: { query: salesQuery },
    async handler({ query, ...call }) {
      const { desk } = await deskFor(call);
      const period = periodOf(desk, query);
      return csvOfReport("sales", salesShape(await salesReport(desk, { ...query, ...period }), period, desk.currency));
    },
  }),
  serverRoute({
    ...facts,
    path: "/api/admin/reports/satisfaction",
    summary: "满意度报表 / Report of satisfaction",
    description: "期内的评价；平均分与评价率的分母为 0 时为 null。",
    request: { query: periodQuery },
    response: satisfactionSchema,
    example: { response: satisfactionExample },
    async handler({ query, ...call }) {
      const { desk } = await deskFor(call);
      const period = periodOf(desk, query);
      return satisfactionShape(await satisfactionReport(desk, period), period);
    },
  }),
  serverRoute({
    ...facts,
    ...csv,
    path: "/api/admin/reports/satisfaction/export",
    summary: "导出满意度报表（CSV） / The report of satisfaction as CSV",
    request: { query: periodQuery },
    async handler({ query, ...call }) {
      const { desk } = await deskFor(call);
      const period = periodOf(desk, query);
      return csvOfReport("satisfaction", satisfactionShape(await satisfactionReport(desk, period), period));
    },
  }),
  serverRoute({
    ...facts,
    path: "/api/admin/reports/sla",
    summary: "时限报表 / Report of time limits",
    description: "期内提交的工单（合并掉的除外）；达成率 = 按时 ÷（按时 + 超时）。",
    request: { query: periodQuery },
    response: slaSchema,
    example: { response: slaExample },
    async handler({ query, ...call }) {
      const { desk } = await deskFor(call);
      const period = periodOf(desk, query);
      return slaShape(await slaReport(desk, period), period);
    },
  }),
  serverRoute({
    ...facts,
    ...csv,
    path: "/api/admin/reports/sla/export",
    summary: "导出时限报表（CSV） / The report of time limits as CSV",
    request: { query: periodQuery },
    async handler({ query, ...call }) {
      const { desk } = await deskFor(call);
      const period = periodOf(desk, query);
      return csvOfReport("sla", slaShape(await slaReport(desk, period), period));
    },
  }),
];
