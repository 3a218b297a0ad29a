import type { InputIssue, MessageContent } from "@recallkit/core";

/** Of texts to members and to customers of a service account. */
const MAX_TEXT_BYTES = 2048;

/** The text of a content that is a text and nothing else. */
export function plainTextOf({ text, ...others }: MessageContent): string | undefined {
  return text !== undefined && Object.values(others).every((part) => part === undefined) ? text : undefined;
}

/** What is wrong with a content of which only a text is sent. */
export function checkPlainText(content: MessageContent): readonly InputIssue[] {
  const text = plainTextOf(content);
  if (text === undefined) return [{ path: "text", code: "required", message: "is required, and nothing else" }];
  const isLong = Buffer.byteLength(text) > MAX_TEXT_BYTES;
  return isLong ? [{ path: "text", code: "too_big", message: `at most ${MAX_TEXT_BYTES} bytes of UTF-8` }] : [];
}
