import * as z from "zod";
import { ConfigError, TransportError } from "../errors.js";
import type { HttpTransport } from "../ports/http-transport.js";
import type { ScriptBudget, ScriptFailureReason, ScriptRetry, ScriptTokens } from "../ports/script-writer.js";
import { byteLength } from "../text.js";
import { readCompletion } from "./read-completion.js";

/** One message of a chat. */
export interface ChatMessage {
  /** `system`: rules; `user`: what is asked. */
  readonly role: "system" | "user";
  /** What is said. */
  readonly content: string;
}

/** Where a model is, and what its calls may take. */
export interface OpenAiCompatibleOptions {
  /** Whole address of chat completions, such as `https://api.deepseek.com/v1/chat/completions`; https, or http on this machine. */
  readonly url: string;
  /** Sent as bearer; shown nowhere. */
  readonly apiKey: string;
  /** @default "deepseek-chat" */
  readonly model?: string | undefined;
  /** What makes the request: one try, no redirects. */
  readonly transport: HttpTransport;
  /** Whole call, ms. @default 20000 */
  readonly timeoutMs?: number | undefined;
  /** Most tokens of an answer. @default 500 */
  readonly maxTokens?: number | undefined;
  /** 0 … 2. @default 0.7 */
  readonly temperature?: number | undefined;
  /** Largest answer, bytes. @default 65536 */
  readonly maxBytes?: number | undefined;
  /** `json_object` is what most providers know; `json_schema` has the provider hold the form. @default "json_object" */
  readonly responseFormat?: "json_object" | "json_schema" | undefined;
  /** What may be spent. @default as much as is asked */
  readonly budget?: ScriptBudget | undefined;
}

/** Name of whoever asks a model. */
export const MODEL_ENGINE = "openai-compatible";
/** What a call takes that was not made. */
const NO_TOKENS: ScriptTokens = { prompt: 0, completion: 0 };
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Why a call has no answer. */
export interface FailedCall {
  readonly kind: "failed";
  readonly reason: ScriptFailureReason;
  readonly retry: ScriptRetry;
  /** A status, a code. */
  readonly detail: string;
  /** All that was sent, when something was. */
  readonly prompt: string | null;
  readonly tokens: ScriptTokens;
}

/** An answer of the form asked for. */
export interface AnsweredCall<T> {
  readonly kind: "answered";
  readonly value: T;
  readonly prompt: string;
  readonly tokens: ScriptTokens;
}

/** Asks once; whether to try again is said by `retry`. @throws only when `signal` aborts */
export type ChatCall<T> = (
  messages: readonly ChatMessage[],
  options?: { readonly signal?: AbortSignal },
) => Promise<AnsweredCall<T> | FailedCall>;

/**
 * Asks a model for one JSON object, by `POST` of chat completions, as DeepSeek and many others take it.
 *
 * @param form its name at the provider, and its schema
 * @throws {ConfigError} `config.invalid` for `url` or `apiKey`
 * @see https://api-docs.deepseek.com/api/create-chat-completion
 */
export function chatCall<T>(
  options: OpenAiCompatibleOptions,
  form: { readonly name: string; readonly schema: z.ZodType<T> },
): ChatCall<T> {
  const { apiKey, transport, budget, model = "deepseek-chat" } = options;
  const { timeoutMs = 20_000, maxTokens = 500, temperature = 0.7, maxBytes = 64 * 1024 } = options;
  const url = checkedUrl(options.url);
  if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new ConfigError("config.invalid", "apiKey", "apiKey must be one word");
  const schema = z.toJSONSchema(form.schema, { io: "input" });
  const format =
    options.responseFormat === "json_schema"
      ? { type: "json_schema", json_schema: { name: form.name, strict: true, schema } }
      : { type: "json_object" };
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json", accept: "application/json" };

  return async (messages, { signal } = {}) => {
    const prompt = JSON.stringify(messages);
    // A token is a byte at the least, so that no call takes more than was set aside for it.
    const reserved = await budget?.reserve({ tokens: { prompt: byteLength(prompt), completion: maxTokens } });
    if (budget && !reserved) return failed("budget", "later", "the budget of the day is used up", null);
    const limits = { max_tokens: maxTokens, temperature, stream: false };
    const body = JSON.stringify({ model, messages, response_format: format, ...limits });
    let response: Awaited<ReturnType<HttpTransport["request"]>>;
    try {
      const request = { method: "POST", url, headers, body, timeoutMs, maxBytes } as const;
      response = await transport.request({ ...request, ...(signal && { signal }) });
    } catch (error) {
      signal?.throwIfAborted();
      if (!TransportError.is(error)) throw error;
      // Of what nobody has read nothing is billed; of everything else the estimate stays.
      if (!error.written) await reserved?.settle(NO_TOKENS);
      return { ...ofTransport(error), prompt };
    }
    if (response.status !== 200) {
      await reserved?.settle(NO_TOKENS);
      return { ...ofStatus(response.status), prompt };
    }
    const { value, fault, tokens } = readCompletion(response.body, form.schema);
    if (tokens) await reserved?.settle(tokens);
    const used = tokens ?? NO_TOKENS;
    if (value === undefined) return { ...failed("unusable", "now", fault, prompt), tokens: used };
    return { kind: "answered", value, prompt, tokens: used };
  };
}

function checkedUrl(url: string): string {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  const isSafe = target?.protocol === "https:" || (target?.protocol === "http:" && LOOPBACK.test(target.hostname));
  if (target && isSafe && target.username === "") return target.href;
  throw new ConfigError("config.invalid", "url", "url must be https, or http on this machine, without a login");
}

function failed(
  reason: FailedCall["reason"],
  retry: FailedCall["retry"],
  detail: string,
  prompt: string | null,
): FailedCall {
  return { kind: "failed", reason, retry, detail, prompt, tokens: NO_TOKENS };
}

function ofTransport({ code }: TransportError): FailedCall {
  if (code === "transport.timeout") return failed("slow", "later", code, null);
  if (code === "transport.too-large") return failed("unusable", "now", code, null);
  if (code === "transport.invalid-request") return failed("refused", "never", code, null);
  return failed("down", "later", code, null);
}

/** @see https://api-docs.deepseek.com/quick_start/error_codes */
function ofStatus(status: number): FailedCall {
  const detail = `status ${status}`;
  if (status === 402) return failed("budget", "later", detail, null);
  if (status === 408 || status === 429 || status >= 500) return failed("down", "later", detail, null);
  if (status >= 200 && status < 300) return failed("unusable", "now", detail, null);
  return failed("refused", "never", detail, null);
}
