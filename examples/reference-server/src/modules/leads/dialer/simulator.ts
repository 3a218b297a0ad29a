import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What the simulator does with the next request instead of ringing. */
export type DialerFault = "refuse" | "fail-after-ringing" | "reset-after-ringing" | "html";

/** A call centre on loopback. */
export interface DialerSimulator {
  readonly url: string;
  /** What really rang, in order; a repeat of a `dial_id` rings once. */
  readonly rung: readonly { readonly dialId: string; readonly phone: string; readonly agent: string }[];
  /** Requests in all. */
  requests(): number;
  /** Faults of the next requests, the first first. */
  readonly faults: DialerFault[];
  close(): Promise<void>;
}

/** Plays a call centre that takes click-to-call; it refuses what is not signed with the secret. */
export async function startDialerSimulator({ secret }: { readonly secret: string }): Promise<DialerSimulator> {
  const rung: { dialId: string; phone: string; agent: string }[] = [];
  const faults: DialerFault[] = [];
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests += 1;
    let body = "";
    for await (const piece of request) body += String(piece);
    const timestamp = request.headers["x-recallkit-timestamp"];
    const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
    const fault = faults.shift();
    if (request.headers["x-recallkit-signature"] !== signature || fault === "refuse") {
      response.writeHead(fault === "refuse" ? 422 : 401).end();
      return;
    }
    const { dial_id: dialId, phone_number: phone, agent } = JSON.parse(body);
    if (!rung.some((one) => one.dialId === dialId)) rung.push({ dialId, phone, agent });
    if (fault === "reset-after-ringing") {
      request.socket.destroy();
      return;
    }
    if (fault === "fail-after-ringing") {
      response.writeHead(502).end();
      return;
    }
    const answer = fault === "html" ? "<html>" : JSON.stringify({ call_id: `sim-${dialId}` });
    response.writeHead(200, { "content-type": "application/json" }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/dial`,
    rung,
    requests: () => requests,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
