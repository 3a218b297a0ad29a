import * as z from "zod";
import { chatCall, MODEL_ENGINE, type OpenAiCompatibleOptions } from "../../model/chat-call.js";
import type { ScriptAnswer, ScriptWriter } from "../../ports/script-writer.js";
import { promptFor } from "./prompt.js";

/** Most characters of a text that a model may give; the gate has closer limits. */
const MOST_TEXT = 4000;

const answer = z.strictObject({ text: z.string().trim().min(1).max(MOST_TEXT) });

/**
 * Has a model write, by `POST` of chat completions, as DeepSeek and many others take it. One call a text; whether to try again
 * is said by `retry`.
 *
 * @throws {ConfigError} `config.invalid` for `url` or `apiKey`
 */
export function openAiCompatible(options: OpenAiCompatibleOptions): ScriptWriter {
  const { model = "deepseek-chat" } = options;
  const ask = chatCall(options, { name: "script", schema: answer });
  return {
    name: MODEL_ENGINE,
    async write(request, { signal } = {}): Promise<ScriptAnswer> {
      const called = await ask(promptFor(request), signal ? { signal } : {});
      if (called.kind === "failed") return called;
      const { value, prompt, tokens } = called;
      return { kind: "written", text: value.text, engine: MODEL_ENGINE, model, prompt, tokens };
    },
  };
}
