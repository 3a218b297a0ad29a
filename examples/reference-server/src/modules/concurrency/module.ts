import * as z from "zod";
import { serverModule, serverRoute } from "../../frame/server-module.js";
import { apiSendMessage, messageSender } from "./keys.js";
import { poolExample, poolSchema, poolShape } from "./pool.js";

/** How much is done at once. */
export const concurrencyModule = serverModule({
  name: "concurrency",
  configuration: [messageSender, apiSendMessage],
  routes: [
    serverRoute({
      method: "get",
      path: "/api/ops/concurrency",
      auth: "ops:read",
      tags: ["运维 / Operations"],
      summary: "并发与限流 / Pool and limits",
      description: "回答请求的这个进程的并发池，以及生效中的限流。",
      response: z.strictObject({ pool: poolSchema, limits: apiSendMessage.schema }),
      example: {
        response: {
          pool: poolExample,
          limits: { qps: 1000, concurrent: 500 },
        },
      },
      async handler({ context: { concurrency, hotConfig } }) {
        return {
          pool: poolShape(concurrency.pool.gauge()),
          limits: hotConfig.get(apiSendMessage),
        };
      },
    }),
  ],
});
