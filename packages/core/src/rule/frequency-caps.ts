import * as z from "zod";

/** Frequency caps as a rule or a tenant writes them; what is absent stays as it is set further up. */
export const frequencyCapsSchema = z
  .strictObject({
    /** 1 … 1000 */
    maxPerDay: z.int().min(1).max(1000),
    /** 1 … 1000 */
    maxPerWeek: z.int().min(1).max(1000),
    /** 0 … 8760 */
    minGapHours: z.number().min(0).max(8760),
  })
  .partial();

/** Caps that were read. */
export type FrequencyCapsPart = z.output<typeof frequencyCapsSchema>;
