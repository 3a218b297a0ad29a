import { reply } from "@recallkit/http";
import { serverRoute } from "../../frame/server-module.js";
import { noSessionCookie, sessionCookie, tokenOfCookie } from "./browser-session.js";
import { logIn, sessionOfToken } from "./login.js";
import { endSession } from "./own-routes.js";
import { browserLoginAnswer, browserSessionAnswer, loginBody, removedAnswer } from "./schema.js";

const facts = { path: "/api/session", tags: ["登录 / Login"] } as const;

/** `/api/session`: the login of our own pages, kept in a cookie instead of a token. */
export const browserRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    auth: "public",
    summary: "浏览器里的登录 / Who is logged in in this browser",
    response: browserSessionAnswer,
    example: { response: { username: "merchant_username" } },
    async handler({ headers, context }) {
      const token = tokenOfCookie({ method: "GET", header: (name) => headers[name] });
      const session = token === undefined ? undefined : await sessionOfToken(token, context);
      return { username: session?.username ?? null };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    auth: "public",
    limit: "login",
    isSecret: true,
    summary: "在浏览器登录 / Log in in a browser",
    description: "与 `/login` 相同的校验；会话放在 HttpOnly、SameSite=Strict 的 Cookie 中，页面脚本读不到。",
    request: { body: loginBody },
    response: browserLoginAnswer,
    errors: {
      401: { description: "用户名或密码错误 / wrong name or password" },
      429: { description: "失败次数过多，见 Retry-After / locked after too many failures, see Retry-After" },
    },
    example: {
      request: { username: "merchant_username", password: "password" },
      response: { username: "merchant_username", name: "商户名称" },
    },
    async handler({ body, ip, headers, requestId, context }) {
      const { username, password, tenant_id: tenantId } = body;
      const from = { ip, agent: headers["user-agent"] ?? "", requestId };
      const { token, merchantName } = await logIn(context, { username, password, tenantId, ...from });
      const answer = { username, name: merchantName };
      return reply(answer, { headers: { "set-cookie": sessionCookie(context, token) } });
    },
  }),
  serverRoute({
    ...facts,
    method: "delete",
    auth: "self",
    summary: "在浏览器退出 / Log out in a browser",
    response: removedAnswer,
    example: { response: { removed: true as const } },
    async handler({ session, context }) {
      await endSession(context, session, session.id);
      return reply({ removed: true as const }, { headers: { "set-cookie": noSessionCookie(context) } });
    },
  }),
];
