import * as z from "zod";
import { serverModule, serverRoute } from "../../frame/server-module.js";
import { apiSendMessage, messageSender } from "./keys.js";

const poolSchema = z.strictObject({
  size: z.int().describe("当前并发槽数 / slots at present"),
  busy: z.int(),
  waiting: z.int(),
  usage: z.number().describe("busy ÷ size"),
  core_pool_size: z.int(),
  max_pool_size: z.int(),
});

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
          pool: { size: 10, busy: 2, waiting: 0, usage: 0.2, core_pool_size: 10, max_pool_size: 100 },
          limits: { qps: 1000, concurrent: 500 },
        },
      },
      async handler({ context: { concurrency, hotConfig } }) {
        const { coreSize, maxSize, ...pool } = concurrency.pool.gauge();
        return {
          pool: { ...pool, core_pool_size: coreSize, max_pool_size: maxSize },
          limits: hotConfig.get(apiSendMessage),
        };
      },
    }),
  ],
});
