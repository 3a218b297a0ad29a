import { roleBook } from "../../frame/roles.js";
import { type ServerModule, type ServerPermission, serverModule } from "../../frame/server-module.js";
import { statusEnvelope } from "../../frame/status-envelope.js";
import { authMigrations } from "./migrations.js";
import { authRoutes } from "./routes.js";
import { authTexts } from "./texts.js";
import { authVariables } from "./variables.js";

const permissions: Readonly<Record<string, ServerPermission>> = {
  self: { summary: "自己的账号 / one's own account", from: "customer" },
  "access:read": { summary: "查看用户与密钥 / see users and keys" },
  "access:write": { summary: "管理用户与密钥 / manage users and keys" },
};

/** Logins and sessions. Roles and API keys are given what the other modules have to give. */
export function authModule(others: readonly Pick<ServerModule, "permissions">[]) {
  return serverModule({
    name: "auth",
    migrations: authMigrations,
    // Sessions stay behind: everybody logs in anew.
    tenantTables: [
      { name: "rk_memberships", key: ["user_id"] },
      { name: "rk_api_keys", key: ["id"], isNumbered: true },
    ],
    routes: authRoutes(roleBook([{ permissions }, ...others])),
    permissions,
    texts: authTexts,
    tags: {
      "登录 / Login": "取得 Bearer 令牌 / get a bearer token",
      "账号 / Accounts": "用户、会话、API 密钥 / users, sessions, API keys",
    },
    // The login's form is also that of the routes for orders and recalls, which are not there yet and answer 404.
    envelopes: { login: statusEnvelope },
    config: authVariables,
    commands: () => import("./commands/index.js"),
  });
}
