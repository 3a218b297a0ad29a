import * as z from "zod";

const target = {
  /** Name of the call: `single_send`, `SendSms` …, or `*`. */
  on: z.string().min(1),
  /** How many calls it strikes. @default 1 */
  times: z.union([z.int().min(1), z.literal("always")]).optional(),
};

/** Shape of a scripted fault, also for the admin API. */
export const faultSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...target, kind: z.enum(["reset", "accept-then-reset", "hang", "html", "500", "accept-then-500"]) }),
  z.strictObject({ ...target, kind: z.literal("code"), code: z.union([z.int(), z.string()]) }),
]);

/**
 * A scripted fault.
 *
 * | kind | the call | the caller sees |
 * |---|---|---|
 * | `reset` | is not performed | connection reset |
 * | `accept-then-reset` | is performed | connection reset |
 * | `hang` | is performed | nothing, until it gives up or the simulator closes |
 * | `html`, `500` | is not performed | HTTP 200 with a gateway's page, HTTP 500 |
 * | `accept-then-500` | is performed | HTTP 500 |
 * | `code` | is not performed | the provider's `code` |
 */
export type Fault = z.infer<typeof faultSchema>;

/** The script of faults; those pushed first strike first, one per call. */
export interface FaultScript {
  /** @throws {z.ZodError} a fault is malformed */
  push(...faults: readonly Fault[]): void;
  clear(): void;
  /** Faults that are still to strike. */
  waiting(): readonly Fault[];
}

/** An empty script, and what takes the fault of a call out of it. */
export function faultScript(): FaultScript & { readonly take: (call: string) => Fault | undefined } {
  let entries: { readonly fault: Fault; left: number }[] = [];
  return {
    push(...faults) {
      entries.push(
        ...faults.map((fault) => {
          const checked = faultSchema.parse(fault);
          return { fault: checked, left: checked.times === "always" ? Number.POSITIVE_INFINITY : (checked.times ?? 1) };
        }),
      );
    },
    clear() {
      entries = [];
    },
    waiting: () => entries.map(({ fault }) => fault),
    take(call) {
      const entry = entries.find(({ fault }) => fault.on === "*" || fault.on === call);
      if (!entry) return undefined;
      entry.left -= 1;
      entries = entries.filter(({ left }) => left > 0);
      return entry.fault;
    },
  };
}
