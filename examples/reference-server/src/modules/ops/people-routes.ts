import { type CallerCall, defineRoute, idParams, wholeNumber } from "@recallkit/http";
import * as z from "zod";
import { reasonsExample, staffExample } from "./examples.js";
import { reasonsSchema, staffSchema } from "./schema.js";
import { reasonsShape, staffShape } from "./shapes.js";

const UNKNOWN = { 404: { description: "触发记录不存在 / no such occurrence" } };
const facts = { method: "get", auth: "ops:read", tags: ["运维 / Operations"] } as const;

function kitOf({ session, context }: Pick<CallerCall, "session" | "context">) {
  return context.kit.forTenant(session.tenantId);
}

/** Where the people of an occurrence are and why, and who of the staff has said yes. */
export const peopleRoutes = [
  defineRoute({
    ...facts,
    path: "/api/ops/deliveries/facets",
    summary: "状态与原因 / States and reasons",
    description: "一次触发中各状态、各原因的人数；合计等于人群。转交其他渠道的人只计一次，在其所在渠道。",
    request: { query: z.strictObject({ occurrence_id: wholeNumber(1) }) },
    response: reasonsSchema,
    example: { response: reasonsExample },
    errors: UNKNOWN,
    async handler({ query, ...call }) {
      const kit = kitOf(call);
      // Of one that is not there nothing is told, not even that it has nobody.
      await kit.occurrences.status(query.occurrence_id);
      return reasonsShape(await kit.deliveries.reasons(query.occurrence_id));
    },
  }),
  defineRoute({
    ...facts,
    effects: "outside",
    path: "/api/ops/occurrences/:id/staff",
    summary: "员工确认情况 / Staff who have confirmed",
    description: "现向服务商查询：哪些成员已确认群发、哪些还没有；每页至多 50 个批次。不需要员工确认的渠道没有行。",
    request: { params: idParams, query: z.strictObject({ cursor: z.string().max(255).optional() }) },
    response: staffSchema,
    example: { response: staffExample },
    errors: UNKNOWN,
    handler: async ({ params, query, ...call }) =>
      staffShape(await kitOf(call).occurrences.staff(params.id, { cursor: query.cursor })),
  }),
];
