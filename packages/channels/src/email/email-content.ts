import type { InputIssue, MessageContent } from "@recallkit/core";
import type { MessageClass } from "./email-options.js";
import { htmlFaults } from "./html-rules.js";

/** What the channel reads in content. */
export interface EmailContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string | undefined;
}

/** Reads content. Faults were told by {@link emailContentIssues}. */
export function contentOf({ subject, text, html }: MessageContent): EmailContent {
  return { subject: subject ?? "", text: text ?? "", html: typeof html === "string" ? html : undefined };
}

/** Gmail cuts a page that is larger. */
const LARGEST_HTML = 100_000;

/** What is wrong with content as a mail, its variables filled in or not. */
export function emailContentIssues(content: MessageContent, messageClass: MessageClass): readonly InputIssue[] {
  const { subject, text, html, ...others } = content;
  const issue = (path: string, code: string, message: string): InputIssue => ({ path, code, message });
  const issues = Object.keys(others)
    .filter((path) => others[path] !== undefined)
    .map((path) => issue(path, "content.unknown-part", "an e-mail has no such part"));
  if (subject === undefined) issues.push(issue("subject", "content.subject-missing", "an e-mail needs a subject"));
  if (text === undefined) {
    issues.push(issue("text", "content.text-missing", "an e-mail needs a text; html comes beside it"));
  }
  if (html !== undefined && typeof html !== "string") {
    issues.push(issue("html", "content.html-invalid", "html is a text"));
  }
  if (typeof html === "string") {
    if (Buffer.byteLength(html) > LARGEST_HTML) {
      issues.push(issue("html", "content.html-invalid", `html is at most ${LARGEST_HTML} bytes`));
    }
    issues.push(...htmlFaults(html).map(({ code, message }) => issue("html", code, message)));
  }
  if (messageClass === "service" && [text, html].some((body) => /\{\{\s*unsubscribe_link\s*\}\}/.test(String(body)))) {
    issues.push(issue("text", "email.opt-out-forbidden", "a notice that everybody gets has no way to refuse it"));
  }
  return issues;
}
