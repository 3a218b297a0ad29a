import { HttpError } from "@recallkit/http";
import * as z from "zod";
import { serverModule, serverRoute } from "../../frame/server-module.js";
import { sessionOfToken } from "../auth/service.js";

const LOOPBACK = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;

/** What Prometheus reads; every role serves it. */
export const metricsModule = serverModule({
  name: "metrics",
  permissions: { "metrics:read": { summary: "读取指标 / read metrics", isScope: true } },
  routes: [
    serverRoute({
      method: "get",
      path: "/metrics",
      auth: "public",
      limit: "probe",
      tags: ["健康 / Health"],
      summary: "Prometheus 指标 / Metrics",
      description: "来自本机的请求，或带有 `metrics:read` 权限令牌的请求；经代理转发的请求不算本机。",
      response: z.string(),
      produces: "text/plain",
      errors: {
        401: { description: "不是本机，也没有令牌 / neither this machine nor a token" },
        403: { description: "令牌没有权限 / the token lacks the permission" },
      },
      async handler({ ip, headers, context }) {
        // Whoever comes through a proxy of this machine is somebody else.
        const isHere = LOOPBACK.test(ip) && headers["x-forwarded-for"] === undefined && headers.forwarded === undefined;
        if (!isHere) {
          const token = /^Bearer +([\w-]{16,128})$/i.exec(headers.authorization ?? "")?.[1];
          const session = token === undefined ? undefined : await sessionOfToken(token, context);
          if (!session) throw new HttpError(401, "auth.required", { headers: { "www-authenticate": "Bearer" } });
          if (!session.permissions.has("metrics:read")) throw new HttpError(403, "auth.forbidden");
        }
        return context.metrics.text(context);
      },
    }),
  ],
});
