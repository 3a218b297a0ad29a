import type { InputIssue, Logger } from "@recallkit/core";
import type { ErrorRequestHandler, Request, Response } from "express";
import { ENVELOPES, familyOf } from "./envelope.js";
import { failureOf } from "./failure.js";
import { type Language, preferredLanguage } from "./language.js";
import { faultMessage, messageOf } from "./messages.js";

/** Language of a request's messages. */
export function languageOf(request: Request): Language {
  return preferredLanguage(request.get("accept-language"));
}

/** Writes any thrown error in the form of the path's family; unexpected ones are logged and not shown. */
export function errorAnswer(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const { status, code, headers, issues: faults } = failureOf(error);
    const requestId = String(response.locals.requestId);
    if (status >= 500) logger.error("http.failed", { code, status, requestId, ...errorFields(error) });
    const language = languageOf(request);
    const title = messageOf(code, status, language);
    const issues = faults.map((issue) => ({ ...issue, message: faultMessage(issue, language) }));
    const envelope = ENVELOPES[familyOf(request.path)];
    const message = [
      title,
      faultList(
        issues.filter((issue) => issue.code !== code),
        language,
      ),
    ]
      .filter(Boolean)
      .join(language === "zh" ? "：" : ": ");
    sendBytes(
      response.status(status).set(headers),
      envelope.contentType,
      JSON.stringify(envelope.write({ status, code, title, message, issues, requestId })),
    );
  };
}

/** Sends a text with exactly this media type; Express would add a charset to types that take none. */
export function sendBytes(response: Response, contentType: string, body: string | Buffer): void {
  response.setHeader("content-type", `${contentType}${contentType.startsWith("text/") ? "; charset=utf-8" : ""}`);
  response.end(typeof body === "string" ? Buffer.from(body, "utf8") : body);
}

const MOST_LISTED = 5;

/** The first faults in one line, for families and readers that show the message only. */
function faultList(issues: readonly InputIssue[], language: Language): string {
  const listed = issues.slice(0, MOST_LISTED).map(({ path, message }) => (path ? `${path} ${message}` : message));
  const more = issues.length - listed.length;
  const rest = language === "zh" ? `另有 ${more} 处` : `${more} more`;
  return [...listed, ...(more > 0 ? [rest] : [])].join(language === "zh" ? "；" : "; ");
}

function errorFields(error: unknown): { error: string; stack?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  return { error: error.message, ...(error.stack !== undefined && { stack: error.stack }) };
}
