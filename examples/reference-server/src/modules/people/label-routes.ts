import { LABEL_KINDS } from "@recallkit/core";
import { cursorPage, pageFields } from "@recallkit/http";
import * as z from "zod";
import { serverRoute } from "../../frame/server-module.js";
import { countHolders } from "./label-counts.js";

const DEFAULT_PAGE = 50;
const MOST = 200;
const kind = z.enum(LABEL_KINDS);

const countsPage = cursorPage(
  z.strictObject({
    kind,
    key: z.string(),
    name: z.string(),
    people: z.int().describe("有此标签的客户数 / people who have it"),
  }),
);
const countsQuery = z.strictObject({
  kind,
  limit: pageFields.limit,
  cursor: z.string().min(1).max(255).optional().describe("上一页的 next_cursor / next_cursor of the page before"),
});

/** `/api/labels/counts`. */
export const labelRoutes = [
  serverRoute({
    tags: ["客户 / Customers"],
    method: "get",
    path: "/api/labels/counts",
    auth: "customers:read",
    summary: "标签库与人数 / Label library with people",
    description:
      "人数与按该标签取的人群相同：订单的标签只算计为购买的订单。/ The same people as an audience of the label.",
    request: { query: countsQuery },
    response: countsPage,
    example: { response: { items: [{ kind: "store", key: "1001", name: "上海仓", people: 812 }], next_cursor: null } },
    async handler({ query: { kind: wanted, limit = DEFAULT_PAGE, cursor }, session, context }) {
      const { labels } = context.kit.forTenant(session.tenantId);
      const page = await labels.list(wanted, { limit: Math.min(limit, MOST), cursor });
      const people = await countHolders(context, session.tenantId, page.items);
      const items = page.items.map(({ key, name }) => ({ kind: wanted, key, name, people: people.get(key) ?? 0 }));
      return { items, next_cursor: page.nextCursor };
    },
  }),
];
