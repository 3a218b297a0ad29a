import { NotFoundError } from "@recallkit/core";
import { idParams, reply } from "@recallkit/http";
import * as z from "zod";
import type { ServerContext } from "../../frame/context.js";
import { serverRoute } from "../../frame/server-module.js";
import type { Session } from "../../frame/session.js";
import { type Institution, institutionOfTenant, visibleInstitution } from "../institutions/service.js";
import { runExample } from "./examples.js";
import { openDesk } from "./open-desk.js";
import { runFigures } from "./revisit-store.js";
import { beginRun } from "./run.js";
import { runEvents } from "./run-events.js";
import { getRun, listRuns, type RevisitRun, tenantOfRun } from "./run-store.js";
import { codeParams, runBody, runSchema, runsPage, runsQuery } from "./schema.js";
import { runShape } from "./shapes.js";
import { workInBackground } from "./work-in-background.js";

const facts = { tags: ["生日回访 / Birthday revisits"] } as const;
const UNKNOWN = { 404: { description: "机构不存在 / no such institution" } };
const NO_RUN = { 404: { description: "任务不存在 / no such run" } };
/** Most runs are over by then; the others go on while the caller looks. */
const WAIT_MS = 3_000;

/** Runs of institutions. */
export const runRoutes = [
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/v1/reminders/:code/run",
    auth: "revisits:write",
    effects: "outside",
    summary: "触发回访任务 / Run the revisit",
    description:
      "查找生日临近的客户、写出文案，并按机构的模式处理：test 只显示，approve 等待审批，auto 发送。至多等待 3 秒，之后在后台继续，进度见 /api/v1/reminders/runs/{id}。每位客户每个生日只触达一次，再次运行时在 skipped 中说明原因。",
    request: { params: codeParams, body: runBody.optional() },
    response: runSchema,
    errors: UNKNOWN,
    example: { request: { test_mode: true }, response: runExample },
    async handler({ params, body, session, context }) {
      const institution = await visibleInstitution(context.stores, session, params.code);
      const { test_mode: isTest = false, days_ahead: daysAhead } = body ?? {};
      const desk = openDesk(context, institution, session.actor);
      const { run } = await beginRun(desk, { kind: "manual", isTest, ...(daysAhead !== undefined && { daysAhead }) });
      const over = new AbortController();
      const work = workInBackground(context, institution, run, session.actor).finally(() => over.abort());
      await Promise.race([work, context.clock.sleep(WAIT_MS, over.signal)]);
      return shapeOf(context, await getRun(context.stores, run.tenantId, run.id), institution);
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/v1/reminders/:code/runs",
    auth: "revisits:read",
    summary: "回访任务列表 / List runs",
    request: { params: codeParams, query: runsQuery },
    response: runsPage,
    errors: UNKNOWN,
    example: { response: { items: [runExample], next_cursor: null } },
    async handler({ params, query: { limit, cursor }, session, context }) {
      const institution = await visibleInstitution(context.stores, session, params.code);
      const page = { ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) };
      const { items, nextCursor } = await listRuns(context.stores, institution.tenantId, page);
      const shown = [];
      for (const run of items) shown.push(await shapeOf(context, run, institution));
      return { items: shown, next_cursor: nextCursor };
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/v1/reminders/runs/:id",
    auth: "revisits:read",
    summary: "回访任务进度 / Read a run",
    request: { params: idParams },
    response: runSchema,
    errors: NO_RUN,
    example: { response: runExample },
    async handler({ params, session, context }) {
      const { run, institution } = await visibleRun(context, session, params.id);
      return shapeOf(context, run, institution);
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/v1/reminders/runs/:id/events",
    auth: "revisits:read",
    summary: "回访任务进度（SSE） / Progress as server-sent events",
    description: "事件 `progress` 与 `end` 的数据同任务详情；没有变化时每 15 秒一行注释。断开后可重新请求。",
    produces: "text/event-stream",
    request: { params: idParams },
    response: z.string(),
    errors: NO_RUN,
    async handler({ params, session, context }) {
      const { run, institution } = await visibleRun(context, session, params.id);
      const look = async () => shapeOf(context, await getRun(context.stores, run.tenantId, run.id), institution);
      // Proxies that gather answers would hold the events back.
      return reply(runEvents(context, look), { headers: { "x-accel-buffering": "no" } });
    },
  }),
];

/** @throws {NotFoundError} `revisit.run-not-found`: there is none, or it is somebody else's */
async function visibleRun(
  { stores }: Pick<ServerContext, "stores">,
  { tenantId: own, role }: Session,
  id: number,
): Promise<{ readonly run: RevisitRun; readonly institution: Institution }> {
  const tenantId = role === "platform" ? await tenantOfRun(stores, id) : own;
  const institution = tenantId === undefined ? undefined : await institutionOfTenant(stores, tenantId);
  if (!institution) throw new NotFoundError("revisit.run-not-found", `there is no run ${id}`);
  return { run: await getRun(stores, institution.tenantId, id), institution };
}

async function shapeOf({ stores }: Pick<ServerContext, "stores">, run: RevisitRun, { code }: Institution) {
  return runShape(run, await runFigures(stores, run), code);
}
