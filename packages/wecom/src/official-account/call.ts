import { ChannelError, type ErrorCode, RecallKitError, TransportError } from "@recallkit/core";
import type { EffectClass } from "@recallkit/core/ports";
import * as z from "zod";
import { ruleOf } from "./error-table.js";
import type { OfficialAccountSettings } from "./options.js";

/** Name in errors and logs. */
export const OFFICIAL_ACCOUNT = "official-account";

/** What a call can do: hand out a token, nothing that anybody notices, or something that one may notice. */
export type CallKind = "token" | "harmless" | "effect";

/** One call of the API, without its token. */
export interface Call<Schema extends z.ZodType> {
  /** Path below `/cgi-bin/`. */
  readonly path: string;
  readonly kind: CallKind;
  /** Absent: the call is a GET. */
  readonly body?: object;
  readonly answer: Schema;
  readonly writeBy?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MAX_BYTES = 1024 * 1024;
const CODES: Readonly<Partial<Record<EffectClass, ErrorCode>>> = {
  AUTH: "channel.unauthorized",
  CONFIG: "channel.misconfigured",
  RATE_LIMITED: "channel.throttled",
  REQUEST: "channel.rejected",
  RECIPIENT: "channel.rejected",
  QUOTA: "channel.rejected",
};
const envelopeSchema = z.object({ errcode: z.int().nullish() });

/** A refusal that tells something of use beside its code. */
export class RefusedWithAnswer extends ChannelError {
  /** The whole answer. */
  readonly answer: unknown;

  constructor(error: ChannelError, answer: unknown) {
    const { channel, effect, retryable, providerCode, retryAfterMs } = error;
    super(error.code, error.message, {
      channel,
      effect,
      retryable,
      ...(providerCode !== undefined && { providerCode }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
    this.answer = answer;
  }
}

/**
 * Makes a call exactly once.
 *
 * @throws {ChannelError} with what is known about the effect; never with the URL, which holds secrets
 */
export async function callOnce<Schema extends z.ZodType>(
  { baseUrl, transport, timeoutMs, logger }: OfficialAccountSettings,
  call: Call<Schema>,
  token: string | undefined,
): Promise<z.output<Schema>> {
  const { path, body, answer: schema, writeBy, signal } = call;
  const query = token === undefined ? "" : `?${new URLSearchParams({ access_token: token })}`;
  const response = await transport
    .request({
      method: body === undefined ? "GET" : "POST",
      url: `${baseUrl}/cgi-bin/${path}${query}`,
      headers: { accept: "application/json", ...(body && { "content-type": "application/json" }) },
      // JSON.stringify leaves Chinese as it is; `\uXXXX` would be shown raw.
      ...(body && { body: JSON.stringify(body) }),
      timeoutMs,
      maxBytes: MAX_BYTES,
      ...(writeBy !== undefined && { writeBy }),
      ...(signal && { signal }),
    })
    .catch((error: unknown) => {
      throw unanswered(call, error);
    });
  const { status } = response;
  if (status === 429) throw failed("channel.throttled", `${path} was refused: HTTP 429`, "RATE_LIMITED", 60_000);
  if (status < 200 || status > 299) throw broken(call, `HTTP ${status}`);
  const json = jsonOf(response.body);
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) throw broken(call, "no JSON of the expected form");
  const { errcode } = envelope.data;
  if (errcode) {
    const error = refused(call, errcode);
    logger.warn("official-account.call-refused", { call: path, errcode, effect: error.effect });
    throw new RefusedWithAnswer(error, json);
  }
  const read = schema.safeParse(json);
  if (!read.success) throw broken(call, `without a usable ${read.error.issues[0]?.path.join(".") || "body"}`);
  return read.data;
}

function refused({ path, kind }: Call<z.ZodType>, errcode: number): ChannelError {
  const rule = ruleOf(errcode);
  // A token is refused for what was configured, never for another token.
  const meant = kind === "token" && (rule.effect === "AUTH" || rule.effect === "REQUEST") ? "CONFIG" : rule.effect;
  const effect = meant === "BUSY" ? untold(kind) : meant;
  return failed(
    CODES[effect] ?? "channel.unavailable",
    `${path} was refused: errcode ${errcode}`,
    effect,
    rule.retryAfterMs,
    String(errcode),
  );
}

function broken({ path, kind }: Call<z.ZodType>, fault: string): ChannelError {
  return failed("channel.malformed-response", `${path} answered ${fault}`, untold(kind));
}

function unanswered({ path, kind }: Call<z.ZodType>, error: unknown): ChannelError {
  const isProof = TransportError.is(error) && !error.written;
  const fault = RecallKitError.is(error) ? error.message : "the transport failed";
  return failed("channel.unavailable", `${path} brought no answer: ${fault}`, isProof ? "NOT_SENT" : untold(kind));
}

/** Class of a call whose effect nobody has told: only calls with effects leave it open. */
function untold(kind: CallKind): "UNKNOWN" | "NOT_SENT" {
  return kind === "effect" ? "UNKNOWN" : "NOT_SENT";
}

function failed(
  code: ErrorCode,
  message: string,
  effect: EffectClass,
  retryAfterMs?: number,
  providerCode?: string,
): ChannelError {
  return new ChannelError(code, message, {
    channel: OFFICIAL_ACCOUNT,
    effect,
    retryable: effect === "NOT_SENT" || effect === "RATE_LIMITED",
    ...(providerCode !== undefined && { providerCode }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** Ids of messages are 64 bits wide, which numbers of JavaScript are not: they are read as texts. */
function jsonOf(body: Uint8Array): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    return JSON.parse(text.replace(/(?<!\\)"(msgid|msg_id|msg_data_id)"\s*:\s*(\d+)/g, '"$1":"$2"'));
  } catch {
    return undefined;
  }
}
