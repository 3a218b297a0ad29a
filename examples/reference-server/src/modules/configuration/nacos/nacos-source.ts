import type { HttpTransport } from "@recallkit/core/ports";
import * as z from "zod";
import type { ConfigSource } from "../config-source.js";

/** Where a configuration lies in Nacos. */
export interface NacosOptions {
  /** `http://nacos:8848/nacos`. */
  readonly url: string;
  /** Id of the namespace. @default the public one */
  readonly namespace?: string | undefined;
  /** @default "DEFAULT_GROUP" */
  readonly group?: string | undefined;
  /** A JSON document: keys and values. @default "recallkit.json" */
  readonly dataId?: string | undefined;
  /** @default none: Nacos asks nobody who they are */
  readonly login?: { readonly username: string; readonly password: string } | undefined;
  readonly transport: HttpTransport;
}

const TIMEOUT_MS = 3000;
/** What Nacos says for a configuration that is not there. */
const NOT_THERE = 20_004;
const MOST_BYTES = 1024 * 1024;

const answerSchema = z.object({ code: z.int(), message: z.string().nullish(), data: z.unknown() });
const loginSchema = z.object({ accessToken: z.string().min(1), tokenTtl: z.number() });
const documentSchema = z.record(z.string(), z.unknown());

/**
 * A configuration in Nacos 2, by its open API.
 *
 * @see https://nacos.io/docs/v2/guide/user/open-api/ GET /nacos/v2/cs/config
 */
export function nacosSource({ url, transport, ...options }: NacosOptions): ConfigSource {
  const { namespace, group = "DEFAULT_GROUP", dataId = "recallkit.json", login } = options;
  const root = url.replace(/\/$/, "");
  let token: string | undefined;

  async function logIn(signal: AbortSignal): Promise<string | undefined> {
    if (!login) return undefined;
    const { username, password } = login;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams({ username, password }).toString();
    const request = {
      method: "POST",
      url: `${root}/v1/auth/login`,
      headers,
      body,
      timeoutMs: TIMEOUT_MS,
      signal,
    } as const;
    const answer = await transport.request(request);
    if (answer.status !== 200) throw new Error(`the login was answered with ${answer.status}`);
    return loginSchema.parse(read(answer.body)).accessToken;
  }

  async function ask(signal: AbortSignal) {
    const query = new URLSearchParams({ dataId, group, ...(namespace !== undefined && { namespaceId: namespace }) });
    const headers = { ...(token !== undefined && { accessToken: token }) };
    const request = { method: "GET", url: `${root}/v2/cs/config?${query}`, headers, timeoutMs: TIMEOUT_MS } as const;
    return transport.request({ ...request, maxBytes: MOST_BYTES, signal });
  }

  return {
    name: "nacos",
    async load(signal) {
      token ??= await logIn(signal);
      let answer = await ask(signal);
      if (login && (answer.status === 401 || answer.status === 403)) {
        token = await logIn(signal);
        answer = await ask(signal);
      }
      const isThere = answer.status === 200 || answer.status === 404;
      if (!isThere) throw new Error(`Nacos answered with ${answer.status}`);
      const { code, data } = answerSchema.parse(read(answer.body));
      if (code === NOT_THERE) return undefined;
      if (code !== 0 || typeof data !== "string") throw new Error(`Nacos answered with the code ${code}`);
      return documentSchema.parse(JSON.parse(data));
    },
  };
}

function read(body: Uint8Array): unknown {
  return JSON.parse(Buffer.from(body).toString("utf8"));
}
