import { defineRoute } from "../../frame/route.js";
import { loginAnswer, loginBody } from "./schema.js";
import { logIn } from "./service.js";

/** `POST /login`. */
export const authRoutes = [
  defineRoute({
    method: "post",
    path: "/login",
    auth: "public",
    summary: "登录 / Log in",
    description: "返回的 token 放进后续请求的 `Authorization: Bearer …`。",
    tags: ["登录 / Login"],
    request: { body: loginBody },
    response: loginAnswer,
    errors: { 401: { description: "用户名或密码错误 / wrong name or password" } },
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
    async handler({ body, context }) {
      const { token, merchantName } = await logIn(context, body);
      return {
        status_code: "200" as const,
        username: body.username,
        name: merchantName,
        token,
        message: "登录成功" as const,
      };
    },
  }),
];
