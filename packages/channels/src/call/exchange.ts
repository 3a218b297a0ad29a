import type { HttpResponse } from "@recallkit/core/ports";
import { type CallKind, notSent, unansweredCall } from "./call-errors.js";
import type { Connection } from "./connection.js";

/** One call of a provider's API. */
export interface ProviderCall {
  readonly channel: string;
  /** Names the call in errors. */
  readonly name: string;
  readonly kind: CallKind;
  readonly method?: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly writeBy?: number | undefined;
  readonly signal: AbortSignal;
}

/** Largest answer that is read. */
const MAX_BYTES = 1024 * 1024;

/**
 * Makes a call exactly once.
 *
 * @throws {ChannelError} with what is known about the effect; never with the URL or the body, which hold secrets
 */
export async function exchange(
  { transport, clock, timeoutMs }: Pick<Connection, "transport" | "clock" | "timeoutMs">,
  call: ProviderCall,
): Promise<HttpResponse & { readonly text: string }> {
  const { channel, name, kind, method = "POST", url, headers, body, writeBy, signal } = call;
  if (signal.aborted) throw notSent(channel, `${name} was aborted before it was sent`);
  if (writeBy !== undefined && clock.monotonic() > writeBy) throw notSent(channel, `too late to send ${name}`);
  try {
    const answer = await transport.request({
      method,
      url,
      headers,
      timeoutMs,
      maxBytes: MAX_BYTES,
      signal,
      ...(body !== undefined && { body }),
      ...(writeBy !== undefined && { writeBy }),
    });
    return { ...answer, text: new TextDecoder().decode(answer.body) };
  } catch (error) {
    throw unansweredCall(channel, name, kind, error);
  }
}

/** JSON of an answer, or undefined. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
