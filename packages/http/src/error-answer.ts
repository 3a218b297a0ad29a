import type { InputIssue, Logger } from "@recallkit/core";
import type { Envelope } from "./envelope.js";
import { failureOf } from "./failure.js";
import type { Language } from "./texts/language.js";
import type { TextBook } from "./texts/text-book.js";

/** Where and for whom an error is written. */
export interface ErrorPlace {
  readonly envelope: Envelope;
  readonly texts: TextBook;
  readonly language: Language;
  readonly requestId: string;
  readonly logger: Logger;
}

/** An error as status, headers and text. */
export interface ErrorText {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly text: string;
}

/** Writes any thrown error in the form of its family; unexpected ones are logged and not shown. */
export function errorText(error: unknown, { envelope, texts, language, requestId, logger }: ErrorPlace): ErrorText {
  const { status, code, headers, issues: faults } = failureOf(error);
  if (status >= 500) logger.error("http.failed", { code, status, requestId, ...errorFields(error) });
  const title = texts.messageOf(code, status, language);
  const issues = faults.map((issue) => ({ ...issue, message: texts.faultMessage(issue, language) }));
  const others = issues.filter((issue) => issue.code !== code);
  const message = [title, faultList(others, language)].filter(Boolean).join(language === "zh" ? "：" : ": ");
  const text = JSON.stringify(envelope.write({ status, code, title, message, issues, requestId }));
  return { status, headers, contentType: envelope.contentType, text };
}

const MOST_LISTED = 5;

/** The first faults in one line, for families and readers that show the message only. */
function faultList(issues: readonly InputIssue[], language: Language): string {
  const listed = issues.slice(0, MOST_LISTED).map(({ path, message }) => (path ? `${path} ${message}` : message));
  const more = issues.length - listed.length;
  const rest = language === "zh" ? `另有 ${more} 处` : `${more} more`;
  return [...listed, ...(more > 0 ? [rest] : [])].join(language === "zh" ? "；" : "; ");
}

function errorFields(error: unknown): { error: string; stack?: string; cause?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  return {
    error: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.cause instanceof Error && { cause: `${error.cause.name}: ${error.cause.message}` }),
  };
}
