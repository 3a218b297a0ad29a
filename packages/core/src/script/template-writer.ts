import type { ScriptAnswer, ScriptWriter } from "../ports/script-writer.js";
import { sha256Hex } from "../text.js";
import { renderScript } from "./render-script.js";

/** A text with variables. */
export interface ScriptTemplate {
  /** Unique among the templates. */
  readonly id: string | number;
  /** What it is for, such as `birthday`. */
  readonly purpose: string;
  /** With `{{variables}}`, with a fall-back where a value may be missing: `{{title|您}}`. */
  readonly text: string;
}

/** Options of {@link templateWriter}. */
export interface TemplateWriterOptions {
  /** Texts of all purposes. */
  readonly templates: readonly ScriptTemplate[];
}

const FREE = { prompt: 0, completion: 0 } as const;

/**
 * Writes from templates. Of several that have a value for each of their variables, the seed chooses one by hash, so that the
 * same request gets the same text whatever the order of the templates.
 */
export function templateWriter({ templates }: TemplateWriterOptions): ScriptWriter {
  return {
    name: "template",
    async write({ purpose, facts, seed }): Promise<ScriptAnswer> {
      const ready = templates
        .filter((template) => template.purpose === purpose)
        .flatMap(({ id, text }) => {
          const rendered = renderScript(text, facts);
          return rendered === undefined ? [] : [{ text: rendered, rank: sha256Hex(`${seed}\n${id}`) }];
        })
        .toSorted((a, b) => (a.rank < b.rank ? -1 : 1));
      const [chosen] = ready;
      if (chosen) {
        return { kind: "written", text: chosen.text, engine: "template", model: null, prompt: null, tokens: FREE };
      }
      const detail = `no template of purpose ${purpose} has a value for each variable`;
      return { kind: "failed", reason: "missing", retry: "never", detail, prompt: null, tokens: FREE };
    },
  };
}
