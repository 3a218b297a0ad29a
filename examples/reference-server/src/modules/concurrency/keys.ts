import * as z from "zod";
import { configKey } from "../../frame/config-key.js";

const share = z.number().min(0).max(1);
const slots = z.int().min(1).max(1000);

/** The pool that messages are sent by: slots for calls of providers, `core_pool_size` of them at least. */
export const messageSender = configKey({
  name: "message_sender",
  title: "消息发送并发池 / slots of the sender of messages",
  schema: z
    .strictObject({
      core_pool_size: slots,
      max_pool_size: slots,
      scale_up_threshold: share.refine((value) => value > 0, { message: "must be above 0" }),
      scale_down_threshold: share,
    })
    .refine((pool) => pool.core_pool_size <= pool.max_pool_size, {
      path: ["max_pool_size"],
      message: "must not be less than core_pool_size",
    })
    .refine((pool) => pool.scale_down_threshold < pool.scale_up_threshold, {
      path: ["scale_down_threshold"],
      message: "must be less than scale_up_threshold",
    }),
  defaultValue: { core_pool_size: 10, max_pool_size: 100, scale_up_threshold: 0.8, scale_down_threshold: 0.2 },
});

/** How many messages of a tenant may wait while nothing else is configured. */
export const DEFAULT_BACKLOG = 1_000_000;

/**
 * How many messages may come in: a second, and at once; `window`: in any stretch of time beside it; `backlog`: how many of a tenant
 * may wait before no more are taken.
 */
export const apiSendMessage = configKey({
  name: "api_send_message",
  title: "发送接口限流 / limits of the routes that send",
  schema: z.strictObject({
    qps: z.number().min(0.1).max(1_000_000),
    concurrent: z.int().min(1).max(100_000),
    window: z.strictObject({ max: z.int().min(1).max(10_000), window_ms: z.int().min(100).max(3_600_000) }).optional(),
    backlog: z.int().min(1).max(1_000_000_000).optional(),
  }),
  defaultValue: { qps: 1000, concurrent: 500 },
});
