import { seededRandom, virtualClock } from "@recallkit/core/testing";
import { type OutgoingCallbacks, outgoingCallbacks } from "../../simulator/outgoing-callbacks.js";
import { type CallbackHandlerOptions, createCallbackHandler } from "../callback-handler.js";
import type { WecomCallback } from "../events.js";

export const ACCOUNT = {
  token: "QDG6eK",
  encodingAesKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
  receiveId: "wx5823bf96d3bd56c7",
};

/** A handler that writes down what it is told, and a provider that tells it. */
export function openAccount(options: Partial<CallbackHandlerOptions> = {}): {
  readonly events: WecomCallback[];
  readonly provider: OutgoingCallbacks;
  readonly handler: (request: Request) => Promise<Response>;
  readonly clock: ReturnType<typeof virtualClock>;
} {
  const clock = virtualClock(Date.UTC(2026, 4, 20, 2));
  const random = seededRandom(42);
  const events: WecomCallback[] = [];
  const handler = createCallbackHandler({
    ...ACCOUNT,
    clock,
    random,
    onEvent: async (event) => void events.push(event),
    ...options,
  });
  return { events, handler, clock, provider: outgoingCallbacks({ ...ACCOUNT, to: handler, clock, random }) };
}

export const ADDED = {
  Event: "change_external_contact",
  ChangeType: "add_external_contact",
  UserID: "zhangsan",
  ExternalUserID: "wm-mimi",
} as const;
