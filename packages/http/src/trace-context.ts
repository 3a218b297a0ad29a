import { createHash } from "node:crypto";
import type { Ids } from "@recallkit/core";
import type { Visit } from "./visit.js";

/** A step of a trace that goes through several programs. @see https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  /** Of the whole trace: 32 hex digits. */
  readonly traceId: string;
  /** Of this request in it: 16 hex digits. */
  readonly spanId: string;
  /** Whether somebody records it, as it came: 2 hex digits. */
  readonly flags: string;
  /** What the tracing systems on the way have added, as it came. */
  readonly state?: string;
}

const PARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-|$)/;
const MOST_STATE = 512;

/** The trace that a request belongs to, with a step of its own; undefined where it says none, or nothing that can be read. */
export function traceOf(visit: Visit, ids: Ids): TraceContext | undefined {
  const [, traceId, flags] = PARENT.exec(visit.header("traceparent")?.trim() ?? "") ?? [];
  if (traceId === undefined || flags === undefined) return undefined;
  const state = visit.header("tracestate")?.trim();
  const spanId = createHash("sha256").update(ids.next()).digest("hex").slice(0, 16);
  return { traceId, spanId, flags, ...(state && state.length <= MOST_STATE && { state }) };
}

/** What tells the next program of a trace. */
export function traceHeaders({ traceId, spanId, flags, state }: TraceContext): Readonly<Record<string, string>> {
  return { traceparent: `00-${traceId}-${spanId}-${flags}`, ...(state !== undefined && { tracestate: state }) };
}
