import * as z from "zod";
import { type FaultScript, faultScript } from "./fault-script.js";
import { jsonAnswer, type LocalAnswer, type LocalRequest, localServer, notFound, pageAnswer } from "./local-server.js";
import { type MessageCard, messagesPage } from "./messages-page.js";

const target = {
  /** Name of the call, or `*`. */
  on: z.string().min(1),
  /** How many calls it strikes. @default 1 */
  times: z.union([z.int().min(1), z.literal("always")]).optional(),
};

/** Shape of a scripted fault, also for the admin API. */
const httpFaultSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...target, kind: z.enum(["reset", "accept-then-reset", "hang", "html", "500", "accept-then-500"]) }),
  z.strictObject({ ...target, kind: z.literal("code"), code: z.int(), status: z.int().min(200).max(599).optional() }),
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
 * | `code` | is not performed | the provider's `code`, with `status` if given |
 */
export type HttpFault = z.infer<typeof httpFaultSchema>;

/** A call of the provider's API, without its secrets. */
export interface HttpCall {
  readonly name: string;
  /** Undefined: no answer was given. */
  readonly status: number | undefined;
  readonly at: number;
}

/** A message that was made. */
export interface TakenMessage {
  /** The provider's id. */
  readonly id: string;
  readonly to: string;
  readonly title: string;
  readonly text: string;
  /** The caller's key. */
  readonly key: string;
  /** Epoch ms. */
  readonly takenAt: number;
}

/** What a provider's simulator shows of itself. */
export interface HttpSimulator {
  /** Also of the page: what arrived. */
  readonly url: string;
  readonly port: number;
  readonly faults: FaultScript<HttpFault>;
  readonly ledger: {
    /** Messages that were made, oldest first. */
    readonly messages: readonly TakenMessage[];
    readonly calls: readonly HttpCall[];
    /** Messages by address; more than one is a double. */
    sentPerAddress(): ReadonlyMap<string, number>;
  };
  close(): Promise<void>;
}

/** What tells one provider from another. */
export interface HttpProvider {
  readonly port: number;
  readonly now: () => number;
  /** Heading of the page. */
  readonly title: string;
  readonly messages: TakenMessage[];
  /** The call that a request makes, and what performs it. Undefined: it is none. */
  call(request: LocalRequest): { readonly name: string; perform(): LocalAnswer } | undefined;
  /** A refusal in the provider's form. */
  coded(code: number, status: number | undefined): LocalAnswer;
}

/** Serves a provider with faults, a ledger and a page. State is in memory; it listens on 127.0.0.1. */
export async function httpSimulator(provider: HttpProvider): Promise<HttpSimulator> {
  const { messages, now, title } = provider;
  const faults = faultScript<HttpFault>((fault) => httpFaultSchema.parse(fault));
  const calls: HttpCall[] = [];

  function answer(request: LocalRequest): LocalAnswer | "hang" | undefined {
    const call = provider.call(request);
    if (!call) return adminAnswer(request);
    const fault = faults.take(({ on }) => on === "*" || on === call.name);
    const said = fault ? struck(fault, call.perform) : call.perform();
    calls.push({ name: call.name, status: typeof said === "object" ? said.status : undefined, at: now() });
    return said;
  }

  function struck(fault: HttpFault, perform: () => LocalAnswer): LocalAnswer | "hang" | undefined {
    if (fault.kind === "code") return provider.coded(fault.code, fault.status);
    if (fault.kind.startsWith("accept") || fault.kind === "hang") perform();
    if (fault.kind === "hang") return "hang";
    if (fault.kind.endsWith("reset")) return undefined;
    if (fault.kind === "html") return { status: 200, body: "<html><body>Bad Gateway</body></html>", type: "text/html" };
    return { status: 500, body: "", type: "text/plain" };
  }

  function adminAnswer({ route, body }: LocalRequest): LocalAnswer {
    if (route === "GET /" || route === "GET /inbox") return pageAnswer(messagesPage(title, messages.map(cardOf)));
    if (route === "GET /__simulator/ledger") return jsonAnswer({ messages, calls });
    if (route !== "POST /__simulator/faults") return notFound;
    try {
      const script: unknown = JSON.parse(body);
      for (const fault of Array.isArray(script) ? script : [script]) faults.push(httpFaultSchema.parse(fault));
      return jsonAnswer(faults.waiting());
    } catch {
      return { status: 400, body: "bad fault", type: "text/plain" };
    }
  }

  const server = await localServer(provider.port, answer);
  return {
    ...server,
    faults,
    ledger: {
      messages,
      calls,
      sentPerAddress() {
        const counts = new Map<string, number>();
        for (const { to } of messages) counts.set(to, (counts.get(to) ?? 0) + 1);
        return counts;
      },
    },
  };
}

function cardOf({ to, title, text, takenAt }: TakenMessage): MessageCard {
  return { to, title, text, at: takenAt };
}

/** Options of every simulator of a provider over HTTP. */
export interface HttpSimulatorOptions {
  /** TCP port on 127.0.0.1; 0: any free one. @default 0 */
  readonly port?: number | undefined;
  /** Epoch ms; limits and windows run on it. @default the system clock */
  readonly clock?: { now(): number } | undefined;
}

/** The clock of a simulator. */
export function nowOf({ clock }: HttpSimulatorOptions): () => number {
  return clock ? () => clock.now() : () => Date.now();
}

/** Counts calls in sliding windows. @returns whether this one is within all limits */
export function windows(now: () => number): (key: string, limits: readonly (readonly [number, number])[]) => boolean {
  const seen = new Map<string, number[]>();
  return (key, limits) => {
    const at = now();
    const longest = Math.max(...limits.map(([, windowMs]) => windowMs));
    const calls = (seen.get(key) ?? []).filter((one) => one > at - longest);
    const isWithin = limits.every(([most, windowMs]) => calls.filter((one) => one > at - windowMs).length < most);
    if (isWithin) calls.push(at);
    seen.set(key, calls);
    return isWithin;
  };
}

/** JSON of a body, or nothing. */
export function bodyJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
