import * as z from "zod";
import type { ScriptTokens } from "../ports/script-writer.js";

// A provider may add fields; what is read has to be as it should.
const envelope = z.object({
  choices: z
    .array(z.object({ finish_reason: z.string().nullish(), message: z.object({ content: z.string().nullish() }) }))
    .min(1),
  usage: z
    .object({ prompt_tokens: z.int().min(0).max(1e9), completion_tokens: z.int().min(0).max(1e9) })
    .nullish()
    .catch(null),
});

/** What came back. */
export interface ReadCompletion<T> {
  /** Undefined: it is none of the form asked for; `fault` says why. */
  readonly value: T | undefined;
  readonly fault: string;
  /** Undefined: the provider did not say. */
  readonly tokens: ScriptTokens | undefined;
}

/** Reads the body of an answer strictly: one object of the form asked for, nothing around it. */
export function readCompletion<T>(body: Uint8Array, schema: z.ZodType<T>): ReadCompletion<T> {
  const outer = envelope.safeParse(parsed(new TextDecoder().decode(body)));
  if (!outer.success) return { value: undefined, fault: "no answer of chat completions", tokens: undefined };
  const { choices, usage } = outer.data;
  const tokens = usage ? { prompt: usage.prompt_tokens, completion: usage.completion_tokens } : undefined;
  const [choice] = choices;
  const reason = choice?.finish_reason ?? "stop";
  if (reason !== "stop")
    return { value: undefined, fault: `ended by ${/^[a-z_]{1,40}$/.test(reason) ? reason : "?"}`, tokens };
  const inner = schema.safeParse(parsed(choice?.message.content ?? ""));
  return inner.success
    ? { value: inner.data, fault: "", tokens }
    : { value: undefined, fault: "not the JSON asked for", tokens };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
