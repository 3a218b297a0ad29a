import { NotFoundError } from "@recallkit/core";
import * as z from "zod";
import { serverRoute } from "../../frame/server-module.js";
import { visibleInstitution } from "../institutions/service.js";
import { restartTarget } from "./checkpoints.js";
import { openProjections, type ProjectionStatus, projectionStatuses } from "./service.js";

const facts = { tags: ["投影 / Projections"] } as const;

const count = z.int().min(0);
const projection = z.strictObject({
  target: z.string().describe("clickhouse、nebula、qdrant，或库内的 relations、similar"),
  state: z.enum(["current", "behind", "walking", "failing", "new"]),
  lag: count.describe("尚未同步的修订数，各商户合计 / revisions not seen yet, of all tenants"),
  facts: count.describe("自上次重放以来写入的事实 / facts handed over since the last replay"),
  failures: count.describe("连续失败次数 / turns in a row that failed"),
  last_error: z.string().nullable(),
  succeeded_at: count.nullable(),
});

const example = {
  target: "clickhouse",
  state: "current" as const,
  lag: 0,
  facts: 4200,
  failures: 0,
  last_error: null,
  succeeded_at: 1_767_225_600_000,
};

function shape({ lastError, succeededAt, ...rest }: ProjectionStatus): z.output<typeof projection> {
  return { ...rest, last_error: lastError, succeeded_at: succeededAt };
}

const thing = z.strictObject({ key: z.string(), orders: count });
const relationsAnswer = z.strictObject({
  projects: z.array(thing).describe("做过的项目 / projects"),
  doctors: z.array(thing).describe("接诊医生 / doctors"),
  referrer: z.string().nullable().describe("由谁介绍 / who brought them"),
  referrals: z
    .array(z.strictObject({ customer_code: z.string(), depth: count }))
    .describe("介绍来的人，至多三层 / whom they brought, up to three deep"),
  similar: z.array(z.strictObject({ customer_code: z.string(), similarity: z.number() })),
});

/** `/api/ops/projections*`, and what they know of a person. */
export const projectionRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/ops/projections",
    auth: "projections:read",
    summary: "投影与延迟 / Projections and how far they are",
    response: z.strictObject({ items: z.array(projection) }),
    example: { response: { items: [example] } },
    handler: async ({ context: { stores, config } }) => ({
      items: (await projectionStatuses(stores, config.projections)).map(shape),
    }),
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/ops/projections/:target/replay",
    auth: "projections:write",
    summary: "从头重放 / Replay from nothing",
    description: "清空该投影并从账本重新写入，由后台任务执行。",
    request: { params: z.strictObject({ target: z.string().min(1).max(64) }) },
    response: projection,
    errors: { 404: { description: "没有这个投影 / no such projection" } },
    example: { response: { ...example, state: "new" as const, facts: 0, lag: 12 } },
    async handler({ params: { target }, context: { stores, config, clock } }) {
      const find = async () =>
        (await projectionStatuses(stores, config.projections)).find((one) => one.target === target);
      if (!(await find())) throw new NotFoundError("projection.unknown", "no such projection");
      await restartTarget(stores, target, clock.now());
      const status = await find();
      if (!status) throw new RangeError("the target is configured");
      return shape(status);
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/v1/relations/:code/:customer_code",
    auth: "customers:read",
    summary: "客户的关系与相似客户 / Relations of a customer, and who is like them",
    description: "来自图谱与向量库；未启用或不可用时由账本中的行答复。没有记录的客户各项为空。",
    request: { params: z.strictObject({ code: z.string().min(1).max(64), customer_code: z.string().min(1).max(128) }) },
    response: relationsAnswer,
    errors: { 404: { description: "机构不存在 / no such institution" } },
    example: {
      response: {
        projects: [{ key: "PRJ-001", orders: 2 }],
        doctors: [{ key: "DOC-001", orders: 1 }],
        referrer: null,
        referrals: [{ customer_code: "BJ-HA-001-C0007", depth: 1 }],
        similar: [{ customer_code: "BJ-HA-001-C0012", similarity: 0.83 }],
      },
    },
    async handler({ params: { code, customer_code: key }, session, context: { stores, transport, config } }) {
      const { tenantId } = await visibleInstitution(stores, session, code);
      const open = await openProjections({ stores, transport, settings: config.projections });
      try {
        const { projects, doctors, referrer = null } = await open.relations.connections(tenantId, key);
        const referrals = await open.relations.referrals(tenantId, key, 3);
        const similar = await open.similar.similarTo(tenantId, key, 10);
        return {
          projects: [...projects],
          doctors: [...doctors],
          referrer,
          referrals: referrals.map(({ customerKey, depth }) => ({ customer_code: customerKey, depth })),
          similar: similar.map(({ customerKey, similarity }) => {
            return { customer_code: customerKey, similarity: Math.round(similarity * 1000) / 1000 };
          }),
        };
      } finally {
        await open.close();
      }
    },
  }),
];
