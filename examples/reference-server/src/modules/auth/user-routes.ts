import { idParams, numberedPageFields } from "@recallkit/http";
import * as z from "zod";
import { serverRoute } from "../../frame/server-module.js";
import type { Session } from "../../frame/session.js";
import { createUserBody, editUserBody, removedAnswer, userSchema, usersPage } from "./schema.js";
import { listMembers, type Member } from "./store.js";
import { createUser, editUser, type Manager, memberOf, removeUser } from "./users.js";

const facts = { tags: ["账号 / Accounts"] } as const;
const UNKNOWN = { 404: { description: "用户不存在 / no such user" } };
const CONFLICTS = { 409: { description: "不能移除最后一个管理员等 / the last admin stays, and the like" } };
const example = {
  id: 2,
  username: "店员小王",
  role: "staff",
  status: "active",
  created_at: 1_767_225_600_000,
} as const;

/** What a session may manage. */
function managerOf({ tenantId, permissions }: Session): Manager {
  return { tenantId, isPlatform: permissions.has("tenants:write") };
}

function shape({ id, username, role, status, createdAt }: Member): z.input<typeof userSchema> {
  return { id, username, role, status, created_at: createdAt };
}

/** `/api/users*`: people of the caller's tenant. */
export const userRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/users",
    auth: "access:read",
    summary: "用户列表 / List users",
    request: { query: z.strictObject(numberedPageFields) },
    response: usersPage,
    example: { response: { items: [example], total: 1, page: 1, page_size: 50 } },
    async handler({ query, session, context }) {
      const { page = 1, page_size = 50 } = query;
      const range = { offset: (page - 1) * page_size, limit: page_size };
      const { items, total } = await listMembers(context.stores, session.tenantId, range);
      return { items: items.map(shape), total, page, page_size };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/users",
    auth: "access:write",
    status: 201,
    // Hashing a password takes long, and must not hold the database meanwhile.
    effects: "outside",
    summary: "新增用户 / Add a user",
    request: { body: createUserBody },
    response: userSchema,
    errors: { 409: { description: "用户名已存在 / the name is taken" } },
    example: { request: { username: "店员小王", password: "a long phrase", role: "staff" }, response: example },
    handler: async ({ body, session, context }) => shape(await createUser(context, managerOf(session), body)),
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/users/:id",
    auth: "access:read",
    summary: "用户详情 / Read a user",
    request: { params: idParams },
    response: userSchema,
    errors: UNKNOWN,
    example: { response: example },
    handler: async ({ params, session, context }) =>
      shape(await memberOf(context.stores, managerOf(session), params.id)),
  }),
  serverRoute({
    ...facts,
    method: "patch",
    path: "/api/users/:id",
    auth: "access:write",
    effects: "outside",
    summary: "修改角色、状态或密码 / Change role, status or password",
    description: "修改后该用户须重新登录。",
    request: { params: idParams, body: editUserBody },
    response: userSchema,
    errors: { ...UNKNOWN, ...CONFLICTS },
    example: { request: { role: "admin" }, response: { ...example, role: "admin" } },
    handler: async ({ params, body, session, context }) =>
      shape(await editUser(context, managerOf(session), params.id, body)),
  }),
  serverRoute({
    ...facts,
    method: "delete",
    path: "/api/users/:id",
    auth: "access:write",
    summary: "移除用户 / Remove a user",
    request: { params: idParams },
    response: removedAnswer,
    errors: { ...UNKNOWN, ...CONFLICTS },
    example: { response: { removed: true as const } },
    async handler({ params, session, context }) {
      await removeUser(context, managerOf(session), params.id);
      return { removed: true as const };
    },
  }),
];
