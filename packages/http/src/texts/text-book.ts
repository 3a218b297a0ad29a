import type { InputIssue } from "@recallkit/core";
import type { Language, Text, Texts } from "./language.js";

/** The texts of all modules together. */
export interface TextBook {
  /** Codes that have texts of their own. */
  readonly codes: readonly string[];
  /** The texts of a code; undefined when it takes that of its status. */
  textsOf(code: string): Text | undefined;
  /** The text of an error in a language. */
  messageOf(code: string, status: number, language: Language): string;
  /** The text of one fault in a language; faults whose code has none keep their own. */
  faultMessage(issue: InputIssue, language: Language): string;
}

/** Codes whose text stands for codes without one, by status. */
const BY_STATUS: Readonly<Record<number, string>> = {
  400: "input.invalid",
  401: "auth.required",
  403: "auth.forbidden",
  404: "http.not-found",
  502: "channel.unavailable",
  503: "http.unavailable",
};

const CONFLICT: Text = { zh: "与当前状态冲突", en: "The present state forbids it" };

/** Makes a book of texts that have no code twice. */
export function textBook(texts: Texts): TextBook {
  const textsOf = (code: string) => (Object.hasOwn(texts, code) ? texts[code] : undefined);
  return {
    codes: Object.keys(texts),
    textsOf,
    messageOf(code, status, language) {
      const text = textsOf(code) ?? (status === 409 ? CONFLICT : textsOf(BY_STATUS[status] ?? "internal.error"));
      return text?.[language] ?? code;
    },
    faultMessage({ code, message, params = {} }, language) {
      const text = textsOf(code)?.[language];
      return text === undefined ? message : text.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ""));
    },
  };
}
