import type { RoleBook } from "../../frame/roles.js";
import { serverRoute } from "../../frame/server-module.js";
import { apiKeyRoutes } from "./api-key-routes.js";
import { browserRoutes } from "./browser-routes.js";
import { logIn } from "./login.js";
import { ownRoutes } from "./own-routes.js";
import { loginAnswer, loginBody } from "./schema.js";
import { userRoutes } from "./user-routes.js";

/** `POST /login`, and what people do with accounts. */
export function authRoutes(roles: RoleBook) {
  return [
    serverRoute({
      method: "post",
      path: "/login",
      auth: "public",
      limit: "login",
      summary: "登录 / Log in",
      description: "返回的 token 放进后续请求的 `Authorization: Bearer …`。",
      tags: ["登录 / Login"],
      request: { body: loginBody },
      response: loginAnswer,
      errors: {
        401: { description: "用户名或密码错误 / wrong name or password" },
        429: { description: "失败次数过多，见 Retry-After / locked after too many failures, see Retry-After" },
      },
      example: {
        request: { username: "merchant_username", password: "password" },
        response: {
          status_code: "200",
          username: "merchant_username",
          name: "商户名称",
          token: "mJ3yS0o3m0oQ0kzj3gYc2b1C9pKj1m8mJ7u3mVh3x3E",
          message: "登录成功",
        },
      },
      async handler({ body, ip, headers, requestId, context }) {
        const { username, password, tenant_id: tenantId } = body;
        const from = { ip, agent: headers["user-agent"] ?? "", requestId };
        const { token, merchantName } = await logIn(context, { username, password, tenantId, ...from });
        return {
          status_code: "200" as const,
          username: body.username,
          name: merchantName,
          token,
          message: "登录成功" as const,
        };
      },
    }),
    ...browserRoutes,
    ...ownRoutes(roles),
    ...userRoutes,
    ...apiKeyRoutes(roles),
  ];
}
