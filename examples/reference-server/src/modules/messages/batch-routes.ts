import { FINAL_MESSAGE_STATES, MESSAGE_STATES } from "@recallkit/core/ports";
import { cursorPage, instantField, pageFields, wholeNumber } from "@recallkit/http";
import * as z from "zod";
import { serverRoute } from "../../frame/server-module.js";
import { type BatchRow, listBatches } from "./batch-list.js";

const rowSchema = z.strictObject({
  batch_id: z.int(),
  template_id: z.int(),
  priority: z.int(),
  total: z.int(),
  accepted: z.int(),
  duplicates: z.int(),
  rejected: z.int().describe("未接收的行数 / rows that were not taken"),
  by_status: z.partialRecord(z.enum(MESSAGE_STATES), z.int()),
  done: z.int(),
  created_at: instantField,
  cancelled_at: instantField.nullable(),
});
const query = z.strictObject({ ...pageFields, template_id: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional() });
const example = {
  ...{ batch_id: 1, template_id: 2, priority: 5, total: 3, accepted: 2, duplicates: 1, rejected: 0 },
  ...{ by_status: { queued: 2 }, done: 0, created_at: 1_767_225_600_000, cancelled_at: null },
};

function batchRowShape(row: BatchRow): z.input<typeof rowSchema> {
  const { id, templateId, priority, total, accepted, duplicates, byState } = row;
  const done = FINAL_MESSAGE_STATES.reduce((sum, state) => sum + (byState[state] ?? 0), 0);
  return {
    ...{ batch_id: id, template_id: templateId, priority, total, accepted, duplicates },
    ...{ rejected: total - accepted - duplicates, by_status: byState, done },
    ...{ created_at: row.createdAt, cancelled_at: row.cancelledAt },
  };
}

/** The list of batches; it comes before the routes of single messages, whose ids would take its address. */
export const batchRoutes = [
  serverRoute({
    tags: ["消息 / Messages"],
    method: "get",
    path: "/api/messages/batches",
    auth: "messages:read",
    summary: "批次列表 / List batches",
    description:
      "最新的在前；未接收的行见单个批次。/ The latest first; the rows that were refused stand in the batch itself.",
    request: { query },
    response: cursorPage(rowSchema),
    example: { response: { items: [example], next_cursor: null } },
    async handler({ query: { limit, cursor, template_id: templateId }, session, context }) {
      const page = { ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }), templateId };
      const { items, nextCursor } = await listBatches(context.stores, session.tenantId, page);
      return { items: items.map(batchRowShape), next_cursor: nextCursor };
    },
  }),
];
