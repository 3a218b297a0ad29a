import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline, Readable } from "node:stream";
import type { Frame } from "../frame.js";
import type { Answer } from "../visit.js";
import { type NodeRequest, nodeVisit } from "./node-visit.js";

/** What {@link toNodeHandler} takes. */
export interface NodeHandlerOptions {
  /** Tells who calls; a proxy's headers may be believed here. @default the other end of the connection */
  readonly addressOf?: (request: IncomingMessage) => string;
}

/** Answers a request of node:http; everything is answered, unknown paths with 404. */
export type NodeHandler = (request: NodeRequest, response: ServerResponse) => void;

/** The app for `createServer` of node:http, and for frameworks that hand out its request and response. */
export function toNodeHandler(app: Frame, { addressOf = remoteAddress }: NodeHandlerOptions = {}): NodeHandler {
  return (request, response) => {
    const visit = nodeVisit(request, { url: request.url ?? "/", ip: addressOf(request) });
    void app.answer(visit).then((answer) => writeAnswer(response, answer));
  };
}

/** Writes an answer, and tells it how that ended. */
export function writeAnswer(response: ServerResponse, answer: Answer): void {
  // The caller has gone meanwhile.
  if (response.destroyed || response.writableEnded) {
    answer.end(true);
    return;
  }
  response.once("close", () => answer.end(!response.writableFinished));
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  const { body, status } = answer;
  if (status === 204) response.end();
  else if (typeof body === "string") response.end(Buffer.from(body, "utf8"));
  else if (Buffer.isBuffer(body)) response.end(body);
  else if (response.req.method === "HEAD") response.end();
  // A failure after the headers can only be told by cutting the answer off, which this does.
  else pipeline(Readable.from(body), response, () => {});
}

function remoteAddress({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? "";
}
