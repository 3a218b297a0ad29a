import { escapeMarkup } from "@recallkit/core/ports";
import type { MessageClass } from "./email-options.js";
import { htmlFaults } from "./html-rules.js";

/** A thing that laws, mail clients or filters object to. */
export interface EmailFinding {
  /** Errors keep a mail from being right; warnings cost readers. */
  readonly severity: "error" | "warning";
  /** Stable: `email.<what>`. */
  readonly code: string;
  readonly message: string;
}

/** Options of {@link lintEmail}. */
export interface EmailLintOptions {
  /** Who has to be named in every body. */
  readonly sender: { readonly name: string; readonly contact: string };
  /** @default "marketing" */
  readonly messageClass?: MessageClass | undefined;
}

const OPT_OUT = /退订|拒收|unsubscribe|\{\{\s*unsubscribe_link\s*\}\}/i;
/** Phones show about so many characters. */
const LONG_SUBJECT = 60;

/**
 * What is wrong with a whole mail, its footer in it: `emailChannel` adds sender and way to refuse by itself, others may not.
 *
 * @see http://www.npc.gov.cn/npc/c2/c30834/202104/t20210430_311267.html 广告法 43: a sender's true identity and a way to refuse
 */
export function lintEmail(
  { subject, text, html }: { readonly subject: string; readonly text: string; readonly html?: string | undefined },
  { sender, messageClass = "marketing" }: EmailLintOptions,
): readonly EmailFinding[] {
  const findings: EmailFinding[] = [];
  const tell = (severity: EmailFinding["severity"], code: string, message: string) =>
    findings.push({ severity, code, message });
  const bodies = [
    { part: "text", body: text, written: (value: string) => value },
    ...(html === undefined ? [] : [{ part: "html", body: html, written: escapeMarkup }]),
  ];
  for (const { part, body, written } of bodies) {
    if (!body.includes(written(sender.name)) || !body.includes(written(sender.contact))) {
      tell("error", "email.sender-missing", `${part} does not say who is behind the mail and how they are reached`);
    }
    if (messageClass === "marketing" && !OPT_OUT.test(body)) {
      tell("error", "email.opt-out-missing", `${part} has no way to refuse further mails`);
    }
  }
  for (const { code, message } of htmlFaults(html ?? "")) tell("error", code, message);
  if ([...subject].length > LONG_SUBJECT) {
    tell("warning", "email.subject-long", `phones cut a subject of more than ${LONG_SUBJECT} characters`);
  }
  if ([...(html ?? "").matchAll(/<img\b[^>]*>/gi)].some(([image]) => !/\salt\s*=/i.test(image))) {
    tell("warning", "email.image-alt", "an image has no alt text, which is what most readers see first");
  }
  if (/\bhttp:\/\//i.test(`${text} ${html ?? ""}`.replaceAll(/http:\/\/www\.w3\.org\S*/gi, ""))) {
    tell("warning", "email.link-insecure", "filters and browsers warn of links that are not https");
  }
  return findings;
}
