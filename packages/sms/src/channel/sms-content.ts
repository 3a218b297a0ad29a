import type { InputIssue, MessageContent } from "@recallkit/core";
import * as z from "zod";
import type { SmsTemplate } from "../provider/sms-provider.js";

/** The channel's own part of a content: an approved template of the provider and its values, with `{{variables}}`. */
const templateSchema = z.strictObject({
  id: z.string().trim().min(1).max(64),
  params: z.union([z.record(z.string().min(1).max(32), z.string()), z.array(z.string()).max(50)]).default({}),
});

/** What the channel reads in a content. */
export interface SmsContent {
  readonly text: string;
  readonly template: SmsTemplate | undefined;
}

/** Reads rendered content. Faults were told by {@link smsContentIssues}. */
export function smsContent(content: MessageContent): SmsContent {
  const template = templateSchema.safeParse(content.smsTemplate);
  return { text: content.text ?? "", template: template.success ? template.data : undefined };
}

/** What is wrong with content as an SMS. @param sends what the provider takes */
export function smsContentIssues(content: MessageContent, sends: "text" | "template"): readonly InputIssue[] {
  const { text, subject: _, smsTemplate, ...others } = content;
  const issues: InputIssue[] = Object.keys(others)
    .filter((path) => others[path] !== undefined)
    .map((path) => ({ path, code: "content.unknown-part", message: "an SMS has no such part" }));
  if (sends === "text" && text === undefined) {
    issues.push({ path: "text", code: "content.text-missing", message: "an SMS needs a text" });
  }
  if (sends === "template" && smsTemplate === undefined) {
    issues.push({
      path: "smsTemplate",
      code: "content.template-missing",
      message: "the provider takes approved templates only",
    });
  }
  if (smsTemplate !== undefined) {
    const parsed = templateSchema.safeParse(smsTemplate);
    for (const { path, message } of parsed.error?.issues ?? []) {
      issues.push({ path: ["smsTemplate", ...path].join("."), code: "content.template-invalid", message });
    }
  }
  return issues;
}
