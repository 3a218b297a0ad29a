import { BATCH_STATES, DELIVERY_STATES, OCCURRENCE_STATES } from "@recallkit/core";
import { z } from "zod";
import type { Permission } from "../../frame/permissions.js";
import { cursorPage, pageFields, wholeNumber } from "../../frame/query-fields.js";
import { type Call, defineRoute } from "../../frame/route.js";
import { filterFields, filterOf, statesField } from "./query.js";
import { alarmSchema, attemptSchema, batchSchema, deliverySchema, occurrenceSchema } from "./schema.js";
import { listOccurrences } from "./service.js";
import { alarmShape, attemptShape, batchShape, deliveryShape, occurrenceShape, pageAnswer } from "./shapes.js";

const facts = { method: "get", auth: "ops:read", tags: ["运维 / Operations"] } as const;

function kitOf({ session, context }: Pick<Call<unknown, unknown, unknown, Permission>, "session" | "context">) {
  return context.kit.forTenant(session.tenantId);
}

/** `/api/ops/*`: what the ledger holds, with every state. */
export const opsRoutes = [
  defineRoute({
    ...facts,
    path: "/api/ops/occurrences",
    summary: "触发记录 / Occurrences",
    request: {
      query: z.strictObject({ ...pageFields, ...filterFields, state: statesField(OCCURRENCE_STATES) }),
    },
    response: cursorPage(occurrenceSchema),
    async handler({ query, ...call }) {
      const filter = { ...filterOf(query), ...(query.state && { states: query.state }) };
      return pageAnswer(await listOccurrences(kitOf(call), filter), occurrenceShape);
    },
  }),
  defineRoute({
    ...facts,
    path: "/api/ops/occurrences/:id",
    summary: "一次触发 / One occurrence",
    request: { params: z.strictObject({ id: wholeNumber(1) }) },
    response: occurrenceSchema,
    errors: { 404: { description: "没有这次触发 / no such occurrence" } },
    handler: async ({ params, ...call }) => occurrenceShape(await kitOf(call).occurrences.status(params.id)),
  }),
  defineRoute({
    ...facts,
    path: "/api/ops/batches",
    summary: "批次 / Batches",
    request: { query: z.strictObject({ ...pageFields, ...filterFields, state: statesField(BATCH_STATES) }) },
    response: cursorPage(batchSchema),
    async handler({ query, ...call }) {
      const filter = { ...filterOf(query), ...(query.state && { states: query.state }) };
      return pageAnswer(await kitOf(call).batches.list(filter), batchShape);
    },
  }),
  defineRoute({
    ...facts,
    path: "/api/ops/deliveries",
    summary: "触达 / Deliveries",
    request: { query: z.strictObject({ ...pageFields, ...filterFields, state: statesField(DELIVERY_STATES) }) },
    response: cursorPage(deliverySchema),
    async handler({ query, ...call }) {
      const filter = { ...filterOf(query), ...(query.state && { states: query.state }) };
      return pageAnswer(
        await kitOf(call).deliveries.list(filter),
        deliveryShape(call.session.permissions.has("addresses:read")),
      );
    },
  }),
  defineRoute({
    ...facts,
    path: "/api/ops/attempts",
    summary: "服务商调用 / Provider calls",
    request: { query: z.strictObject({ ...pageFields, ...filterFields }) },
    response: cursorPage(attemptSchema),
    handler: async ({ query, ...call }) => pageAnswer(await kitOf(call).attempts.list(filterOf(query)), attemptShape),
  }),
  defineRoute({
    ...facts,
    path: "/api/ops/alarms",
    summary: "告警 / Alarms",
    request: { query: z.strictObject(pageFields) },
    response: cursorPage(alarmSchema),
    handler: async ({ query, ...call }) => pageAnswer(await kitOf(call).alarms.list(filterOf(query)), alarmShape),
  }),
];
