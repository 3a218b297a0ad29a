import * as z from "zod";

const target = {
  /** Last segment of the path (`add_msg_template`), the whole path, or `*`. */
  on: z.string().min(1),
  /** How many calls it strikes. @default 1 */
  times: z.union([z.int().min(1), z.literal("always")]).optional(),
  /** How many matching calls pass before the first one is struck. @default 0 */
  after: z.int().min(0).optional(),
};
const perform = z.boolean().optional();

/** Shape of a scripted fault, also for the admin API. */
export const faultSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...target, kind: z.enum(["reset", "accept-then-reset"]) }),
  z.strictObject({ ...target, kind: z.literal("hang"), perform }),
  z.strictObject({
    ...target,
    kind: z.literal("late"),
    delayMs: z.number().min(0).optional(),
    performLate: z.boolean().optional(),
  }),
  z.strictObject({ ...target, kind: z.enum(["html", "500", "bad-json", "busy"]), perform }),
  z.strictObject({ ...target, kind: z.enum(["45009", "45033"]) }),
  z.strictObject({ ...target, kind: z.literal("error"), errcode: z.int() }),
  z.strictObject({ ...target, kind: z.enum(["expire-token", "revoke-token", "lose-msgid"]) }),
  z.strictObject({
    ...target,
    kind: z.literal("partial-fail-list"),
    ids: z.array(z.string()).optional(),
    share: z.number().min(0).max(1).optional(),
  }),
  z.strictObject({ ...target, kind: z.literal("strangers"), ids: z.array(z.string()).optional() }),
]);

/**
 * A scripted fault. "Performs" means that the call takes full effect in the ledger, whatever the caller sees.
 *
 * | kind | the call | the caller sees |
 * |---|---|---|
 * | `reset` | is not performed | connection reset |
 * | `accept-then-reset` | is performed | connection reset |
 * | `hang` | is performed unless `perform: false` | nothing, until it gives up or the simulator closes |
 * | `late` | is performed at once, or with `performLate` after the wait | the answer after `delayMs` of real time, or without it at `faults.release()` |
 * | `html` | only with `perform: true` | HTTP 200 with a gateway's page |
 * | `500` | only with `perform: true` | HTTP 500 with an empty body |
 * | `bad-json` | only with `perform: true` | HTTP 200 with JSON that is cut off |
 * | `busy` | only with `perform: true` | errcode -1 |
 * | `45009`, `45033` | is not performed | that errcode |
 * | `error` | is not performed | `errcode` |
 * | `expire-token` | goes on, the app's current token expired just before | 42001, also later, until a new gettoken |
 * | `revoke-token` | goes on, the app's current token forgotten just before | 40014, also later, until a new gettoken |
 * | `lose-msgid` | is performed | the success reply without `msgid` |
 * | `partial-fail-list` | is performed without `ids` and without `share` of the recipients | these in `fail_list` |
 * | `strangers` | is performed | `ids` (default one made-up id) added to `fail_list`, though never sent |
 */
export type Fault = z.infer<typeof faultSchema>;

/** The script of faults; those pushed first strike first, one per call. */
export interface FaultScript {
  /** Adds faults. @throws {z.ZodError} when one is malformed */
  push(...faults: readonly Fault[]): void;
  /** Removes all faults that are still to strike. */
  clear(): void;
  /** Faults that are still to strike, in order. */
  waiting(): readonly Fault[];
  /** Resolves once at least `count` calls (default 1) are held by `hang` or `late`. */
  whenHeld(count?: number): Promise<void>;
  /** Lets all calls go on that a `late` without `delayMs` holds; says how many. */
  release(): number;
}

interface Entry {
  readonly fault: Fault;
  seen: number;
  struck: number;
}

/** The part of the script that the server consults: the fault that strikes a call on `path`. */
export interface FaultSource {
  take(path: string): Fault | undefined;
}

/** An empty script without the calls that are held. */
export function createFaultQueue(): Pick<FaultScript, "push" | "clear" | "waiting"> & FaultSource {
  let entries: Entry[] = [];
  return {
    push(...faults) {
      entries.push(...faults.map((fault) => ({ fault: faultSchema.parse(fault), seen: 0, struck: 0 })));
    },
    clear() {
      entries = [];
    },
    waiting: () => entries.map(({ fault }) => fault),
    take(path) {
      let striking: Entry | undefined;
      for (const entry of entries) {
        if (!matches(entry.fault.on, path)) continue;
        entry.seen += 1;
        if (striking === undefined && entry.seen > (entry.fault.after ?? 0)) striking = entry;
      }
      if (striking === undefined) return undefined;
      striking.struck += 1;
      entries = entries.filter(({ fault, struck }) => fault.times === "always" || struck < (fault.times ?? 1));
      return striking.fault;
    },
  };
}

/** Recipients that a `partial-fail-list` makes unreachable; `share` takes whole people, spread over the list. */
export function refusedByFault(fault: Fault | undefined, recipients: readonly string[]): ReadonlySet<string> {
  if (fault?.kind !== "partial-fail-list") return new Set();
  const share = fault.share ?? 0;
  const spread = recipients.filter((_, index) => Math.floor((index + 1) * share) > Math.floor(index * share));
  return new Set([...(fault.ids ?? []), ...spread]);
}

function matches(on: string, path: string): boolean {
  return on === "*" || on === path || path.endsWith(`/${on}`);
}
