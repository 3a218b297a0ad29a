import { defineRoute, reply } from "@recallkit/http";
import * as z from "zod";
import { fileQuery, funnelAnswer, funnelQuery, peopleAnswer, peopleQuery } from "./schema.js";
import { funnelShape, peopleFile, personShape, scopeOf } from "./service.js";

const facts = { method: "get", auth: "funnel:read", tags: ["漏斗 / Funnel"] } as const;
const MEANING =
  "每步人数按客户去重，测试推送不计。sent 为服务商结果已知的人数；viewed、clicked 只数真人；群发共用链接的浏览无法对应到个人，领券后才计入。每步给出分母。";

const STEPS = [
  ["sent", 950, "audience", 1000],
  ["accepted", 930, "sent", 950],
  ["delivered", 900, "accepted", 930],
  ["viewed", 310, "accepted", 930],
  ["clicked", 280, "viewed", 310],
  ["claimed", 120, "viewed", 310],
  ["redeemed", 45, "claimed", 120],
  ["ordered", 60, "accepted", 930],
] as const;
const part = {
  audience: 1000,
  unknown: 5,
  steps: STEPS.map(([step, people, of, denominator]) => ({
    step,
    people,
    of,
    denominator,
    rate: people / denominator,
  })),
  orders: 64,
  revenue_minor: 640_000,
  refunded_minor: 0,
};

/** How far people came, who they are, and the same as a file. */
export const funnelRoutes = [
  defineRoute({
    ...facts,
    path: "/api/funnel",
    summary: "召回漏斗 / How far people came",
    description: MEANING,
    request: { query: funnelQuery },
    response: funnelAnswer,
    example: {
      response: {
        ...part,
        by_channel: [{ channel: "sms", ...part }],
        currency: "CNY",
        window_days: 7,
        as_of: 1_767_230_000_000,
      },
    },
    async handler({ query, session, context }) {
      return funnelShape(await context.kit.forTenant(session.tenantId).funnel(scopeOf(query)));
    },
  }),
  defineRoute({
    ...facts,
    path: "/api/funnel/people",
    summary: "某一步的人 / The people of a step",
    request: { query: peopleQuery },
    response: peopleAnswer,
    example: {
      response: {
        items: [
          {
            delivery_id: 9001,
            customer_id: 42,
            customer_key: "17850",
            occurrence_id: 7,
            channel: "sms",
            state: "delivered",
            reason: null,
            accepted_at: 1_767_230_000_000,
            delivered_at: 1_767_230_004_000,
            viewed_at: 1_767_230_900_000,
            clicked_at: 1_767_230_901_000,
            claimed_at: null,
          },
        ],
        next_cursor: null,
      },
    },
    async handler({ query: { step, reached, cursor, limit, ...scope }, session, context }) {
      const { items, nextCursor } = await context.kit
        .forTenant(session.tenantId)
        .funnelPeople({ ...scopeOf(scope), step, reached: reached !== "false", cursor, limit });
      return { items: items.map(personShape), next_cursor: nextCursor };
    },
  }),
  defineRoute({
    ...facts,
    path: "/api/funnel/people.csv",
    summary: "某一步的人，CSV / The people of a step as CSV",
    produces: "text/csv",
    request: { query: fileQuery },
    response: z.string(),
    handler: async ({ query, session, context }) =>
      reply(peopleFile(context.kit.forTenant(session.tenantId), query), {
        headers: { "content-disposition": `attachment; filename="funnel-${query.step}.csv"` },
      }),
  }),
];
