import createClient from "openapi-fetch";
import { shallowRef } from "vue";
import type { paths } from "./schema";

/** Where the server's routes begin: beside the console, wherever a host put the two. */
export const serverRoot = new URL("..", document.baseURI).href.replace(/\/$/, "");

/** What the server said instead of an answer. */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    readonly status: number,
    message: string,
    /** Faults of fields by their paths: `weekDayPushTime.0.time`. */
    readonly fields: Readonly<Record<string, string>>,
    readonly requestId: string | null,
  ) {
    super(message);
  }
}

/** True while the server does not know who this is. */
export const isSignedOut = shallowRef(false);

/** Language of messages of the server. */
let language = "zh-CN";

export function speak(code: string): void {
  language = code;
}

/** The server's routes, typed by its own description. */
export const api = createClient<paths>({ baseUrl: serverRoot, credentials: "same-origin" });

api.use({
  onRequest({ request }) {
    request.headers.set("accept-language", language);
    return request;
  },
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && schemaPath !== "/api/session") isSignedOut.value = true;
    return undefined;
  },
});

interface Fetched<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The body of an answer. @throws {Failure} for an answer that is none; TypeError where nobody answers */
export async function answer<T>(call: Promise<Fetched<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok && data !== undefined) return data;
  throw failureOf(error, response);
}

function failureOf(body: unknown, response: Response): Failure {
  const told = typeof body === "object" && body !== null ? body : {};
  const text = ["detail", "message", "title"].flatMap((key) => {
    const value: unknown = Reflect.get(told, key);
    return typeof value === "string" && value !== "" ? [value] : [];
  });
  const errors: unknown = Reflect.get(told, "errors");
  const fields = (Array.isArray(errors) ? errors : []).flatMap((one: unknown) => {
    if (typeof one !== "object" || one === null) return [];
    return [[String(Reflect.get(one, "path")), String(Reflect.get(one, "message"))] as const];
  });
  const message = text[0] ?? `HTTP ${response.status}`;
  return new Failure(response.status, message, Object.fromEntries(fields), response.headers.get("x-request-id"));
}
