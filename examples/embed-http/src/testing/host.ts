// A host as a process of its own, started as its user would start it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { request as ask, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { vi } from "vitest";
import { freePort } from "./free-port.js";

/** A running server. */
export interface Running {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a host by its name. @param folder where its `dist` and the installed packages are */
export async function startHost(name: string, { basePath, folder }: { basePath: string; folder: string }) {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), BASE_PATH: basePath };
  const child = spawn(process.execPath, [join(folder, "dist", "hosts", `${name}.js`)], { env, cwd: folder });
  let said = "";
  child.stderr.on("data", (bytes: Buffer) => {
    said += bytes.toString("utf8");
  });
  const url = `http://127.0.0.1:${port}`;
  const answers = async () => {
    if (child.exitCode !== null) return;
    await fetch(url);
  };
  await vi.waitFor(answers, { timeout: 60_000, interval: 100 });
  if (child.exitCode !== null) throw new Error(`${name} ended: ${said}`);
  return { url, close: () => ended(child) } satisfies Running;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** A proxy that takes a prefix off the paths and hands everything else on, as nginx does with a slash at the end. */
export async function strippingProxy(prefix: string, target: string): Promise<Running> {
  const server = createServer((request, response) => {
    const { method, headers, url = "/" } = request;
    if (!url.startsWith(`${prefix}/`)) return response.writeHead(404).end();
    const onward = ask(`${target}${url.slice(prefix.length)}`, { method: method ?? "GET", headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    return request.pipe(onward);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
