import type { ServerResponse } from "node:http";

/** Sends JSON as the provider does; nothing when the caller has gone. */
export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  sendText(response, JSON.stringify(value), "application/json; charset=UTF-8", status);
}

/** Sends a text of any type. */
export function sendText(response: ServerResponse, text: string, contentType: string, status = 200): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(text) }).end(text);
}

/** A file that a call answers with. */
export interface Download {
  readonly content: Buffer;
  readonly contentType: string;
  readonly filename: string;
}

/** Whether it is one. */
export function isDownload(value: unknown): value is Download {
  return typeof value === "object" && value !== null && "content" in value && Buffer.isBuffer(value.content);
}

/** Sends a file as the provider does, its name as raw UTF-8. */
export function sendFile(response: ServerResponse, { content, contentType, filename }: Download): void {
  if (response.destroyed || response.headersSent) return;
  const name = Buffer.from(filename.replaceAll(/[\r\n"]/g, "_")).toString("latin1");
  const headers = { "content-type": contentType, "content-disposition": `attachment; filename="${name}"` };
  response.writeHead(200, { ...headers, "content-length": content.length }).end(content);
}

/** Cuts the connection with a TCP reset. */
export function resetConnection(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

/** Resolves when the exchange is over, by an answer or because either side has gone. */
export function whenClosed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) resolve();
    else response.once("close", resolve);
  });
}
