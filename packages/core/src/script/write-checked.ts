import type { ScriptAnswer, ScriptRequest, ScriptTokens, ScriptWriter } from "../ports/script-writer.js";
import type { GateResult, ScriptFinding } from "./gate/finding.js";

/** One try that nobody gets to read. */
export interface ScriptDraft {
  /** What came; null: no text. */
  readonly text: string | null;
  /** What the gate found. */
  readonly findings: readonly ScriptFinding[];
  /** Why there was no text; null: there was one. */
  readonly failure: Pick<Extract<ScriptAnswer, { kind: "failed" }>, "reason" | "retry" | "detail"> | null;
}

/** A text that may be sent. */
export interface CheckedScript {
  /** Passed the gate. */
  readonly text: string;
  /** Who wrote it. */
  readonly engine: string;
  /** Model that wrote it; null: none did. */
  readonly model: string | null;
  /** `pass`: at the first try; `repaired`: at the second; `fallback`: from a text that stands ready. */
  readonly verdict: "pass" | "repaired" | "fallback";
  /** What the gate found in the try before; empty for `pass`. */
  readonly findings: readonly ScriptFinding[];
  /** All that was sent to the model, of each call. */
  readonly prompts: readonly string[];
  /** Tries that were not taken. */
  readonly drafts: readonly ScriptDraft[];
  /** Of all calls. */
  readonly tokens: ScriptTokens;
}

/** What {@link writeChecked} works with. */
export interface CheckedWriting {
  /** Asked at first. */
  readonly writer: ScriptWriter;
  /** Asked one after the other when no text of `writer` may be sent; their texts go through the gate too. */
  readonly fallBacks: readonly ScriptWriter[];
  /** Looks at each text before anybody reads it; `model` wrote it, or null. */
  readonly check: (text: string, model: string | null) => GateResult;
}

/**
 * Has a text written and looks at it. What does not pass is written once more with the findings as hints; what does not pass
 * then, or was not written, gives way to a fall-back.
 *
 * @returns undefined: not even a fall-back passes
 * @throws only when `signal` aborts
 */
export async function writeChecked(
  { writer, fallBacks, check }: CheckedWriting,
  request: ScriptRequest,
  options: { readonly signal?: AbortSignal } = {},
): Promise<CheckedScript | undefined> {
  const drafts: ScriptDraft[] = [];
  const prompts: string[] = [];
  const tokens = { prompt: 0, completion: 0 };

  async function attempt(by: ScriptWriter, asked: ScriptRequest) {
    const answer = await by.write(asked, options);
    tokens.prompt += answer.tokens.prompt;
    tokens.completion += answer.tokens.completion;
    if (answer.prompt !== null) prompts.push(answer.prompt);
    if (answer.kind === "failed") {
      const { reason, retry, detail } = answer;
      drafts.push({ text: null, findings: [], failure: { reason, retry, detail } });
      return undefined;
    }
    const { verdict, findings } = check(answer.text, answer.model);
    if (verdict === "pass") return answer;
    drafts.push({ text: answer.text, findings, failure: null });
    return undefined;
  }
  const taken = (
    { text, engine, model }: { readonly text: string; readonly engine: string; readonly model: string | null },
    verdict: CheckedScript["verdict"],
  ): CheckedScript => {
    // Of the last try with something to find: why this text is not the first one.
    const findings = drafts.findLast((draft) => draft.findings.length > 0)?.findings ?? [];
    return { text, engine, model, verdict, findings, prompts, drafts, tokens };
  };

  const first = await attempt(writer, request);
  if (first) return taken(first, "pass");
  const draft = drafts[0];
  if (draft?.failure ? draft.failure.retry === "now" : writer.name !== "template") {
    const second = await attempt(writer, { ...request, hints: hintsOf(draft) });
    if (second) return taken(second, "repaired");
  }
  for (const fallBack of fallBacks) {
    const text = await attempt(fallBack, request);
    if (text) return taken(text, "fallback");
  }
  return undefined;
}

/** What was wrong, with the words; each once. */
function hintsOf(draft: ScriptDraft | undefined): NonNullable<ScriptRequest["hints"]> {
  if (!draft || draft.text === null) return [{ code: "unusable", words: "" }];
  const { text } = draft;
  const hints = draft.findings.map(({ code, start, end }) => ({ code, words: text.slice(start, end).slice(0, 40) }));
  return [...new Map(hints.map((hint) => [`${hint.code} ${hint.words}`, hint])).values()].slice(0, 12);
}
