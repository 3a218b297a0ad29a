import type { Connection } from "./connection.js";
import { type CallKind, notSent, unansweredCall } from "./errors.js";

/** One POST of a provider's API. */
export interface ProviderCall {
  /** Names the call in errors, for example `single_send`. */
  readonly name: string;
  readonly kind: CallKind;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly writeBy?: number | undefined;
  readonly signal: AbortSignal;
}

/** Largest answer that is read: a thousand records of 2 kB. */
const MAX_BYTES = 2 * 1024 * 1024;

/**
 * Makes a call exactly once.
 *
 * @throws {ChannelError} with what is known about the effect; never with the URL or the body, which hold secrets
 */
export async function exchange(
  { transport, clock, timeoutMs }: Connection,
  call: ProviderCall,
): Promise<{ readonly status: number; readonly text: string }> {
  const { name, kind, url, headers, body, writeBy, signal } = call;
  if (signal.aborted) throw notSent(`${name} was aborted before it was sent`);
  if (writeBy !== undefined && clock.monotonic() > writeBy) throw notSent(`too late to send ${name}`);
  try {
    const answer = await transport.request({
      method: "POST",
      url,
      headers,
      body,
      timeoutMs,
      maxBytes: MAX_BYTES,
      signal,
      ...(writeBy !== undefined && { writeBy }),
    });
    return { status: answer.status, text: new TextDecoder().decode(answer.body) };
  } catch (error) {
    throw unansweredCall(name, kind, error);
  }
}

/** JSON of an answer, or undefined. Numbers of the named fields become texts, since they may exceed 2^53. */
export function jsonOf(text: string, longFields: readonly string[] = []): unknown {
  // A quote inside a JSON text is escaped, so that no text can look like a field.
  const exact = longFields.reduce(
    (json, field) => json.replace(new RegExp(`("${field}"\\s*:\\s*)(-?\\d{1,20})(?=\\s*[,}\\]])`, "g"), '$1"$2"'),
    text,
  );
  try {
    return JSON.parse(exact);
  } catch {
    return undefined;
  }
}
