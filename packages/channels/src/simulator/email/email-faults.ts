import * as z from "zod";

/** Shape of a scripted fault, also for the admin API. */
export const emailFaultSchema = z.strictObject({
  /** What the server is asked when it strikes; `message`: the end of a mail. */
  on: z.enum(["connect", "login", "sender", "recipient", "message", "*"]),
  kind: z.enum(["reply", "drop", "stall", "take-then-drop", "take-then-stall"]),
  /** Of `reply`: 421, 450, 550, 552, 554 … @default 451 */
  code: z.int().min(400).max(599).optional(),
  /** Enhanced status of `reply`, `4.7.1`. */
  status: z
    .string()
    .regex(/^[45]\.\d{1,3}\.\d{1,3}$/)
    .optional(),
  /** How many times it strikes. @default 1 */
  times: z.union([z.int().min(1), z.literal("always")]).optional(),
});

/**
 * A scripted fault.
 *
 * | kind | the mail | the caller sees |
 * |---|---|---|
 * | `reply` | is not taken | `code` |
 * | `drop` | is not taken | the connection lost |
 * | `stall` | is not taken | nothing, until it gives up or the simulator closes |
 * | `take-then-drop`, `take-then-stall` | is taken (only on `message`) | the same as without `take` |
 */
export type EmailFault = z.infer<typeof emailFaultSchema>;
