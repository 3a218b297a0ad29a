import { NotFoundError } from "@recallkit/core";
import { idParams, numberedPageFields } from "@recallkit/http";
import * as z from "zod";
import type { ServerContext } from "../../frame/context.js";
import type { RoleBook } from "../../frame/roles.js";
import { serverRoute } from "../../frame/server-module.js";
import type { Session } from "../../frame/session.js";
import { hashPassword, verifyPassword } from "./password.js";
import { meSchema, ownPasswordBody, removedAnswer, sessionsPage } from "./schema.js";
import { deleteSession, listSessions } from "./session-store.js";
import { passwordHashOf, replacePassword } from "./store.js";
import { fieldFault } from "./users.js";

const facts = { auth: "self", tags: ["账号 / Accounts"] } as const;

/** The caller's own account: `/api/me`, `/api/sessions*`, `/api/logout`. */
export function ownRoutes({ permissions: known }: RoleBook) {
  return [
    serverRoute({
      ...facts,
      method: "get",
      path: "/api/me",
      summary: "当前账号 / The caller",
      response: meSchema(known),
      example: {
        response: {
          id: 1,
          username: "admin",
          role: "admin",
          permissions: ["self", "push:read", "push:write"],
          tenant: { id: 1, name: "默认商户", time_zone: "Asia/Shanghai", currency: "CNY" },
          modules: ["auth", "push"],
          is_simulated: true,
          has_sample_data: true,
          version: "0.1.0",
        },
      },
      async handler({ session, context }) {
        const { userId, username, role, permissions, tenantId } = session;
        const { id, name, timeZone, currency } = await context.kit.forTenant(tenantId).tenant();
        const tenant = { id, name, time_zone: timeZone, currency };
        const { config, modules, version } = context;
        return {
          ...{ id: userId, username, role, permissions: [...permissions], tenant },
          modules: modules.map((module) => module.name),
          is_simulated: config.usesSimulators || config.usesSmsSimulator || config.usesMessagingSimulators,
          has_sample_data: config.usesSampleData,
          version,
        };
      },
    }),
    serverRoute({
      ...facts,
      method: "post",
      path: "/api/me/password",
      effects: "outside",
      summary: "修改自己的密码 / Change one's password",
      description: "其他会话随即失效。",
      request: { body: ownPasswordBody },
      response: z.strictObject({ changed: z.literal(true) }),
      example: {
        request: { current_password: "the present phrase", new_password: "another long phrase" },
        response: { changed: true as const },
      },
      async handler({ body, session, context }) {
        await changePassword(context, session, body);
        return { changed: true as const };
      },
    }),
    serverRoute({
      ...facts,
      method: "post",
      path: "/api/logout",
      summary: "退出登录 / Log out",
      response: removedAnswer,
      example: { response: { removed: true as const } },
      async handler({ session, context }) {
        await endSession(context, session, session.id);
        return { removed: true as const };
      },
    }),
    serverRoute({
      ...facts,
      method: "get",
      path: "/api/sessions",
      summary: "自己的会话 / One's sessions",
      request: { query: z.strictObject(numberedPageFields) },
      response: sessionsPage,
      example: {
        response: {
          items: [
            {
              id: 7,
              is_current: true,
              ip: "127.0.0.1",
              agent: "curl/8.5.0",
              created_at: 1_767_225_600_000,
              expires_at: 1_767_830_400_000,
            },
          ],
          total: 1,
          page: 1,
          page_size: 50,
        },
      },
      async handler({ query, session, context }) {
        const { page = 1, page_size = 50 } = query;
        const owner = { tenantId: session.tenantId, userId: session.userId ?? 0, now: context.clock.now() };
        const all = await listSessions(context.stores, owner);
        const items = all
          .slice((page - 1) * page_size, page * page_size)
          .map(({ id, ip, agent, createdAt, expiresAt }) => {
            return { id, is_current: id === session.id, ip, agent, created_at: createdAt, expires_at: expiresAt };
          });
        return { items, total: all.length, page, page_size };
      },
    }),
    serverRoute({
      ...facts,
      method: "delete",
      path: "/api/sessions/:id",
      summary: "结束自己的一个会话 / End one of one's sessions",
      request: { params: idParams },
      response: removedAnswer,
      errors: { 404: { description: "会话不存在 / no such session" } },
      example: { response: { removed: true as const } },
      async handler({ params, session, context }) {
        await endSession(context, session, params.id);
        return { removed: true as const };
      },
    }),
  ];
}

/** Ends a session of the caller. @throws {NotFoundError} `session.not-found` */
export async function endSession({ stores }: ServerContext, { tenantId, userId }: Session, id: number): Promise<void> {
  if (await deleteSession(stores, { id, tenantId, userId: userId ?? 0 })) return;
  throw new NotFoundError("session.not-found", `no session ${id}`);
}

/** @throws {InputError} the present password is wrong */
async function changePassword(
  { stores, clock, passwordCost }: ServerContext,
  session: Session,
  { current_password: current, new_password: next }: z.output<typeof ownPasswordBody>,
): Promise<void> {
  const userId = session.userId ?? 0;
  const known = await passwordHashOf(stores, userId);
  if (known === undefined || !(await verifyPassword(current, known))) {
    throw fieldFault("current_password", "auth.wrong-password", "is wrong");
  }
  const passwordHash = await hashPassword(next, passwordCost);
  const change = { userId, passwordHash, at: clock.now(), keepSession: session.id };
  await stores.transaction((tx) => replacePassword(tx, change));
}
