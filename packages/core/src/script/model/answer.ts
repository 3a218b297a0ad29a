import * as z from "zod";
import type { ScriptTokens } from "../../ports/script-writer.js";

/** Most characters of a text that a model may give; the gate has closer limits. */
const MOST_TEXT = 4000;

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
const answer = z.strictObject({ text: z.string().trim().min(1).max(MOST_TEXT) });

/** The form of an answer, as JSON schema. */
export const ANSWER_SCHEMA = z.toJSONSchema(answer, { io: "input" });

/** What came back. */
export interface ReadAnswer {
  /** Undefined: it is none of the form asked for; `fault` says why. */
  readonly text: string | undefined;
  readonly fault: string;
  /** Undefined: the provider did not say. */
  readonly tokens: ScriptTokens | undefined;
}

/** Reads the body of an answer strictly: one object with one text, nothing around it. */
export function readAnswer(body: Uint8Array): ReadAnswer {
  const outer = envelope.safeParse(parsed(new TextDecoder().decode(body)));
  if (!outer.success) return { text: undefined, fault: "no answer of chat completions", tokens: undefined };
  const { choices, usage } = outer.data;
  const tokens = usage ? { prompt: usage.prompt_tokens, completion: usage.completion_tokens } : undefined;
  const [choice] = choices;
  const reason = choice?.finish_reason ?? "stop";
  if (reason !== "stop")
    return { text: undefined, fault: `ended by ${/^[a-z_]{1,40}$/.test(reason) ? reason : "?"}`, tokens };
  const inner = answer.safeParse(parsed(choice?.message.content ?? ""));
  return inner.success
    ? { text: inner.data.text, fault: "", tokens }
    : { text: undefined, fault: "not the JSON asked for", tokens };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
