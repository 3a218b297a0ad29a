import type { PoolGauge } from "@recallkit/core/ports";
import * as z from "zod";

/** A pool as answers tell it. */
export const poolSchema = z.strictObject({
  size: z.int().describe("当前并发槽数 / slots at present"),
  busy: z.int(),
  waiting: z.int(),
  usage: z.number().describe("busy ÷ size"),
  core_pool_size: z.int(),
  max_pool_size: z.int(),
});

export const poolExample = { size: 10, busy: 2, waiting: 0, usage: 0.2, core_pool_size: 10, max_pool_size: 100 };

/** The answer about a pool. */
export function poolShape({ coreSize, maxSize, ...pool }: PoolGauge): z.input<typeof poolSchema> {
  return { ...pool, core_pool_size: coreSize, max_pool_size: maxSize };
}
