import type { Clock, Logger } from "@recallkit/core";
import type { HttpRequest, HttpResponse, HttpTransport, Permit, RateLimiter } from "@recallkit/core/ports";
import type * as z from "zod";
import { envelopeSchema } from "./answers.js";
import {
  brokenAnswer,
  notSent,
  refusedCall,
  throttledCall,
  traceId,
  unansweredCall,
  unauthorizedCall,
  withheldCall,
} from "./call-errors.js";
import { type CallKind, TOO_FREQUENT } from "./error-map.js";
import type { Penalties } from "./penalties.js";
import { type RateLimits, rateLimitOf } from "./rate-limits.js";

const DEFAULT_RETRY_AFTER_MS = 60_000;
const LONGEST_RETRY_AFTER_MS = 86_400_000;

/** One call of the API, without its token. */
export interface Call<Schema extends z.ZodType> {
  /** Path below `/cgi-bin/`; its last segment names the call in errors and logs. */
  readonly path: string;
  readonly kind: CallKind;
  readonly query?: Readonly<Record<string, string>>;
  /** JSON by default; bytes go out as they are, with `contentType`. Absent: the call is a GET. */
  readonly body?: object | Uint8Array;
  readonly contentType?: string;
  readonly answer: Schema;
  /** The answer is a file; JSON only where the call is refused. */
  readonly isFile?: boolean;
  /** Largest answer in bytes. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly writeBy?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a call needs besides itself. */
export interface CallContext {
  readonly corpId: string;
  readonly rateLimiter: RateLimiter;
  readonly rateLimits: RateLimits;
  /** Paths that WeCom has shut for a while. */
  readonly penalties: Penalties;
  readonly baseUrl: string;
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Makes a call exactly once, if the limit of its path has room for it. A call without effects waits for room as long as it may
 * take; any other is refused at once, since who calls again has to look at more than the limit.
 *
 * @throws {ChannelError} with what is known about the effect; never with the URL, which holds secrets
 */
export async function callOnce<Schema extends z.ZodType>(
  context: CallContext,
  call: Call<Schema>,
  credentials: Readonly<Record<string, string>>,
): Promise<z.output<Schema>> {
  const name = nameOf(call);
  const permit = await permitFor(context, call);
  const response = await exchange(context, call, credentials).finally(() => permit.end());
  if (response.status === 401) throw unauthorizedCall(name, call.kind);
  if (response.status === 429) throw throttledCall(name, retryAfterMs(response));
  if (response.status < 200 || response.status > 299) throw brokenAnswer(name, call.kind, `HTTP ${response.status}`);

  const json = (call.isFile ? fileIn(response) : undefined) ?? parseJson(response.body);
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) throw brokenAnswer(name, call.kind, "no JSON of the expected form");
  const { errcode, errmsg } = envelope.data;
  if (errcode) {
    const error = refusedCall(name, call.kind, errcode, errmsg ?? "");
    context.logger.warn("wecom.call-refused", {
      call: name,
      errcode,
      effect: error.effect,
      hint: traceId(errmsg ?? ""),
    });
    if (errcode === TOO_FREQUENT) context.penalties.shut(call.path, error.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS);
    throw error;
  }
  const answer = call.answer.safeParse(json);
  if (!answer.success) {
    // The path of the first fault, not its value, which may be anything.
    const field = answer.error.issues[0]?.path.join(".") ?? "";
    throw brokenAnswer(name, call.kind, `without a usable ${field || "body"}`);
  }
  return answer.data;
}

/** @throws {ChannelError} `RATE_LIMITED`: nothing was sent */
async function permitFor(
  { corpId, rateLimiter, rateLimits, penalties, clock }: CallContext,
  call: Call<z.ZodType>,
): Promise<Extract<Permit, { readonly kind: "granted" }>> {
  const limit = rateLimitOf(rateLimits, call.path);
  for (const until = clock.monotonic() + call.timeoutMs; ; ) {
    const shutMs = penalties.shutFor(call.path);
    const permit: Permit =
      shutMs > 0
        ? { kind: "refused", retryAfterMs: shutMs }
        : await rateLimiter.take(`wecom:${corpId}:${call.path}`, limit).catch((error: unknown) => {
            throw notSent(error);
          });
    if (permit.kind === "granted") return permit;
    const { retryAfterMs } = permit;
    const isWaiting = call.kind === "harmless" && !call.signal?.aborted && clock.monotonic() + retryAfterMs <= until;
    if (!isWaiting) throw withheldCall(nameOf(call), retryAfterMs);
    await clock.sleep(retryAfterMs, call.signal);
  }
}

/** Name of a call in errors and logs, for example `add_msg_template`. */
function nameOf(call: { readonly path: string }): string {
  return call.path.slice(call.path.lastIndexOf("/") + 1);
}

async function exchange(
  { baseUrl, transport }: CallContext,
  call: Call<z.ZodType>,
  credentials: Readonly<Record<string, string>>,
): Promise<HttpResponse> {
  const query = new URLSearchParams({ ...credentials, ...call.query });
  const request: HttpRequest = {
    method: call.body === undefined ? "GET" : "POST",
    url: `${baseUrl}/cgi-bin/${call.path}?${query}`,
    headers: {
      accept: "application/json",
      ...(call.body && { "content-type": call.contentType ?? "application/json" }),
    },
    // JSON.stringify leaves Chinese as it is; WeCom shows `\uXXXX` raw in some places.
    ...(call.body && { body: call.body instanceof Uint8Array ? call.body : JSON.stringify(call.body) }),
    timeoutMs: call.timeoutMs,
    maxBytes: call.maxBytes,
    ...(call.writeBy !== undefined && { writeBy: call.writeBy }),
    ...(call.signal && { signal: call.signal }),
  };
  try {
    return await transport.request(request);
  } catch (error) {
    throw unansweredCall(nameOf(call), call.kind, error);
  }
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** What a download holds; undefined when it is none, but JSON or somebody's page. */
function fileIn({
  headers,
  body,
}: HttpResponse): { bytes: Uint8Array; contentType: string; filename?: string } | undefined {
  const [contentType = ""] = (headers["content-type"] ?? "").split(";");
  const disposition = headers["content-disposition"] ?? "";
  const isAttached = /^attachment\b/i.test(disposition);
  if (!isAttached && !/^(image|audio|video)\/|^application\/octet-stream$/i.test(contentType)) return undefined;
  const filename = /filename="([^"]{1,255})"/i.exec(disposition)?.[1];
  return { bytes: body, contentType, ...(filename !== undefined && { filename }) };
}

function retryAfterMs({ headers }: HttpResponse): number {
  const header = headers["retry-after"] ?? "";
  return /^\d{1,6}$/.test(header) ? Math.min(Number(header) * 1000, LONGEST_RETRY_AFTER_MS) : DEFAULT_RETRY_AFTER_MS;
}
