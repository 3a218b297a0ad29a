import { HttpError, idParams, numberedPageFields } from "@recallkit/http";
import * as z from "zod";
import type { RoleBook } from "../../frame/roles.js";
import { serverRoute } from "../../frame/server-module.js";
import { type ApiKey, listApiKeys } from "./api-key-store.js";
import { createApiKey, revokeApiKey } from "./api-keys.js";
import { type ApiKeySchemas, apiKeySchemas, removedAnswer } from "./schema.js";
import { fieldFault } from "./users.js";

const facts = { tags: ["账号 / Accounts"] } as const;
const example = {
  id: 1,
  name: "ERP 对接",
  token_start: "rk_8Jm2q",
  scopes: ["push:read", "customers:write"],
  created_by: "user:1",
  created_at: 1_767_225_600_000,
  expires_at: null,
  used_at: null,
};

function shape(key: ApiKey): z.input<ApiKeySchemas["apiKey"]> {
  return {
    id: key.id,
    name: key.name,
    token_start: key.tokenStart,
    scopes: [...key.scopes],
    created_by: key.createdBy,
    created_at: key.createdAt,
    expires_at: key.expiresAt,
    used_at: key.usedAt,
  };
}

/** `/api/api-keys*`: keys by which other programs of the tenant call. */
export function apiKeyRoutes(roles: RoleBook) {
  const { page: apiKeysPage, createBody, createAnswer } = apiKeySchemas(roles.apiKeyScopes);
  return [
    serverRoute({
      ...facts,
      method: "get",
      path: "/api/api-key-scopes",
      auth: "access:read",
      summary: "可授予密钥的权限 / What a key can be given",
      description: "调用者自己拥有、且可授予密钥的权限。",
      response: z.strictObject({ items: z.array(z.strictObject({ scope: z.string(), summary: z.string() })) }),
      example: { response: { items: [{ scope: "push:read", summary: "查看推送与效果 / see pushes and figures" }] } },
      handler: async ({ session }) => ({
        items: roles.apiKeyScopes
          .filter((scope) => session.permissions.has(scope))
          .map((scope) => ({ scope, summary: roles.summaries[scope] ?? "" })),
      }),
    }),
    serverRoute({
      ...facts,
      method: "get",
      path: "/api/api-keys",
      auth: "access:read",
      summary: "API 密钥列表 / List API keys",
      request: { query: z.strictObject(numberedPageFields) },
      response: apiKeysPage,
      example: { response: { items: [example], total: 1, page: 1, page_size: 50 } },
      async handler({ query, session, context }) {
        const { page = 1, page_size = 50 } = query;
        const all = await listApiKeys(context.stores, session.tenantId, roles.apiKeyScopes);
        return {
          items: all.slice((page - 1) * page_size, page * page_size).map(shape),
          total: all.length,
          page,
          page_size,
        };
      },
    }),
    serverRoute({
      ...facts,
      method: "post",
      path: "/api/api-keys",
      auth: "access:write",
      status: 201,
      isSecret: true,
      summary: "新建 API 密钥 / Make an API key",
      description: "密钥只在这次返回中出现。权限不能超过创建者。",
      request: { body: createBody },
      response: createAnswer,
      example: {
        request: { name: "ERP 对接", scopes: ["push:read", "customers:write"] },
        response: { ...example, token: "rk_8Jm2q0c0cQn0oJj7l1mJ7u3mVh3x3EmJ3yS0o3m0oQ0" },
      },
      async handler({ body, session, context }) {
        const { name, scopes, expires_at: expiresAt = null } = body;
        if (expiresAt !== null && expiresAt <= context.clock.now()) {
          throw fieldFault("expires_at", "time.past", "must be in the future");
        }
        if (!scopes.every((scope) => session.permissions.has(scope))) throw new HttpError(403, "auth.forbidden");
        const createdBy = `user:${session.userId}`;
        const made = await createApiKey(context, { tenantId: session.tenantId, name, scopes, expiresAt, createdBy });
        return { ...shape(made), token: made.token };
      },
    }),
    serverRoute({
      ...facts,
      method: "delete",
      path: "/api/api-keys/:id",
      auth: "access:write",
      summary: "吊销 API 密钥 / Revoke an API key",
      request: { params: idParams },
      response: removedAnswer,
      errors: { 404: { description: "密钥不存在 / no such key" } },
      example: { response: { removed: true as const } },
      async handler({ params, session, context }) {
        await revokeApiKey(context, { tenantId: session.tenantId, id: params.id });
        return { removed: true as const };
      },
    }),
  ];
}
