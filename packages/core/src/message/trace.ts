import { NotFoundError } from "../errors.js";
import type { Stores } from "../ports/stores.js";
import type { Message, MessageEvent, TraceNode } from "./message.js";
import { idOfTrace, traceIdOf } from "./message-names.js";

/** How long the trace of a message is told; of one that went wrong it is told for as long as the message is kept. */
export const TRACE_MS = 7 * 86_400_000;

/** One node of a trace. */
export interface TraceStep {
  /** Where on its way the message was. */
  readonly node: TraceNode;
  /** What became of it there. */
  readonly outcome: string;
  /** Epoch ms. */
  readonly at: number;
  /** Ms since the node before. */
  readonly afterMs: number;
  /** Class of a failure; null: it was none. */
  readonly errorClass: string | null;
  /** More about it; null: nothing. */
  readonly detail: string | null;
  /** From 1; 0: none. */
  readonly attempt: number;
}

/** Where a message went. */
export interface MessageTrace {
  /** Name of the trace. */
  readonly traceId: string;
  /** The message as it stands. */
  readonly message: Message;
  /** By instant. */
  readonly steps: readonly TraceStep[];
}

/** States by which a message shows that something went wrong. */
const WRONG: ReadonlySet<Message["state"]> = new Set(["failed", "not_delivered", "unknown", "needs_review", "expired"]);

/**
 * The way of a message through queue, process, send and callback. The ordinary steps stand in the message itself, so that every
 * message has them; what went another way was kept as it happened.
 *
 * @throws {NotFoundError} `trace.not-found`: no such message, or a week is over
 */
export async function traceMessage(
  stores: Pick<Stores, "messages">,
  key: Uint8Array,
  tenantId: number,
  traceId: string,
  now: number,
): Promise<MessageTrace> {
  const id = idOfTrace(key, traceId);
  const message = id === undefined ? undefined : await stores.messages.get(tenantId, id);
  if (!message) throw notFound();
  const events = await stores.messages.events(tenantId, message.id);
  const isWrong = WRONG.has(message.state) || events.some(({ errorClass }) => errorClass !== null);
  if (!isWrong && now - message.createdAt >= TRACE_MS) throw notFound();
  return { traceId: traceIdOf(key, message.id), message, steps: stepsOf(message, events) };
}

function stepsOf(message: Message, events: readonly MessageEvent[]): readonly TraceStep[] {
  const { createdAt, attemptedAt, acceptedAt, reportedAt, state, attempts } = message;
  const ordinary = { errorClass: null, detail: null };
  const told = (node: TraceNode) => events.some((event) => event.node === node && event.outcome === state);
  const steps = [
    { node: "queue" as const, outcome: "queued", at: createdAt, attempt: 0, ...ordinary },
    ...(attemptedAt === null
      ? []
      : [{ node: "process" as const, outcome: "dispatching", at: attemptedAt, attempt: attempts, ...ordinary }]),
    ...(acceptedAt === null
      ? []
      : [{ node: "send" as const, outcome: "accepted", at: acceptedAt, attempt: attempts, ...ordinary }]),
    ...(reportedAt === null || told("callback")
      ? []
      : [{ node: "callback" as const, outcome: state, at: reportedAt, attempt: attempts, ...ordinary }]),
    ...(state === "suppressed" || state === "cancelled"
      ? [
          {
            node: "process" as const,
            outcome: state,
            at: message.updatedAt,
            attempt: 0,
            errorClass: null,
            detail: reasonOf(message),
          },
        ]
      : []),
    ...events.map(({ node, outcome, at, attempt, errorClass, detail }) => ({
      node,
      outcome,
      at,
      attempt,
      errorClass,
      detail,
    })),
  ].sort((a, b) => a.at - b.at);
  return steps.map((step, index) => ({ ...step, afterMs: step.at - (steps[index - 1]?.at ?? step.at) }));
}

function reasonOf({ reason }: Message): string | null {
  return reason === null ? null : JSON.stringify({ reason });
}

function notFound(): NotFoundError {
  return new NotFoundError("trace.not-found", "no trace has this name, or its time is over");
}
