import { type HttpTransport, parseInput } from "@recallkit/core/ports";
import type { XxlJobExecutorOptions } from "./executor.js";
import { adminAnswerSchema } from "./messages.js";

/** How a run ended, as the admin takes it. */
export interface Callback {
  readonly logId: number;
  /** Sic. */
  readonly logDateTim: number;
  readonly handleCode: 200 | 500;
  readonly handleMsg: string | null;
}

/** Calls to an admin; each is true when some admin took it. */
export interface AdminCalls {
  callback(end: Callback): Promise<boolean>;
  register(): Promise<boolean>;
  unregister(): Promise<boolean>;
}

const TIMEOUT_MS = 3000;

/** Admins are asked in turn until one takes the call. */
export function adminCalls(
  options: Pick<XxlJobExecutorOptions, "adminUrls" | "accessToken" | "appName" | "address" | "transport">,
): AdminCalls {
  const { adminUrls, accessToken, appName, address, transport } = options;
  const registry = { registryGroup: "EXECUTOR", registryKey: appName, registryValue: address };
  const headers = { "content-type": "application/json;charset=UTF-8", "XXL-JOB-ACCESS-TOKEN": accessToken };

  async function call(path: string, body: unknown): Promise<boolean> {
    for (const root of adminUrls) {
      const url = `${root.replace(/\/$/, "")}/api/${path}`;
      if (await isTaken(transport, { url, headers, body: JSON.stringify(body) })) return true;
    }
    return false;
  }

  return {
    callback: (end) => call("callback", [end]),
    register: () => call("registry", registry),
    unregister: () => call("registryRemove", registry),
  };
}

async function isTaken(
  transport: HttpTransport,
  request: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string },
): Promise<boolean> {
  try {
    const { status, body } = await transport.request({ method: "POST", timeoutMs: TIMEOUT_MS, ...request });
    const answer = parseInput(adminAnswerSchema, JSON.parse(Buffer.from(body).toString("utf8")));
    return status === 200 && answer.code === 200;
  } catch {
    // Away, or no admin: it is told again.
    return false;
  }
}
