import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answerAdminCall } from "./admin.js";
import { createControl, type SimulatorControl } from "./control.js";
import { createFaultQueue, type FaultScript } from "./faults.js";
import { createHeldCalls } from "./held-calls.js";
import { createLedger, type Ledger } from "./ledger.js";
import type { WecomSimulatorOptions } from "./options.js";
import { answerPage } from "./page.js";
import { answerProviderCall } from "./provider-call.js";
import { sendJson } from "./respond.js";
import { answerAuthorizePage } from "./sidebar.js";
import { createWorld } from "./state.js";

/** A running simulator. */
export interface WecomSimulator {
  /** Base URL without a slash at the end, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly port: number;
  /** Scripted misbehaviour. */
  readonly faults: FaultScript;
  /** What really happened. */
  readonly ledger: Ledger;
  /** Plays members and customers. */
  readonly control: SimulatorControl;
  /** As {@link SimulatorControl.confirm}. */
  confirm: SimulatorControl["confirm"];
  /** As {@link SimulatorControl.confirmAll}. */
  confirmAll: SimulatorControl["confirmAll"];
  /** As {@link SimulatorControl.setFollowers}. */
  setFollowers: SimulatorControl["setFollowers"];
  /** Stops the server and ends every connection, hanging ones too. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts a local server that speaks WeCom's protocol for access tokens, media, mass messages, customers, tags, contact ways,
 * welcome messages, messages to members, bots and customer service,
 * refuses what the real one refuses, and keeps a ledger of what really happened. State is in memory.
 *
 * For tests and demos only: it listens on 127.0.0.1, its admin API asks for no login, and nothing is sent
 * to anybody. Staff members confirm only by `confirm` in the options, by a call of `control.confirm`, or on the page at `url`,
 * which shows their tasks.
 *
 * @throws {RangeError} for an impossible option; the system's error when the port is taken
 * @example
 * const simulator = await startWecomSimulator({ confirm: { afterMs: 2000, share: 0.6 } });
 * simulator.faults.push({ on: "add_msg_template", kind: "accept-then-reset" });
 * // … let the client work against simulator.url …
 * console.log(simulator.ledger.figures());
 * await simulator.close();
 */
export async function startWecomSimulator(options: WecomSimulatorOptions = {}): Promise<WecomSimulator> {
  const world = createWorld(options);
  const queue = createFaultQueue();
  const held = createHeldCalls();
  const faults: FaultScript = {
    push: queue.push,
    clear: queue.clear,
    waiting: queue.waiting,
    whenHeld: held.whenHeld,
    release: held.release,
  };
  const ledger = createLedger(world);
  const control = createControl(world);
  const provider = { world, faults: queue, held };
  const admin = { world, faults, ledger, control };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A caller that went away mid-request leaves nobody to answer; anything else is a fault of the simulator.
      if (!request.destroyed || request.complete) sendJson(response, { error: String(error) }, 500);
    });
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (url.pathname === "/" || url.pathname === "/confirm") return answerPage(admin, request, response, url);
    if (url.pathname.startsWith("/__simulator/")) return answerAdminCall(admin, request, response, url);
    if (url.pathname === "/connect/oauth2/authorize") return answerAuthorizePage(world, response, url);
    return answerProviderCall(provider, request, response, url);
  }

  const port = await listen(server, options.port ?? 0);
  let closed: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    faults,
    ledger,
    control,
    confirm: control.confirm,
    confirmAll: control.confirmAll,
    setFollowers: control.setFollowers,
    close() {
      closed ??= stop(server, held.close);
      return closed;
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function stop(server: Server, endWaits: () => void): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
    endWaits();
  });
}
