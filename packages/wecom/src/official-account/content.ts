import { ChannelError, type InputIssue, type MessageContent } from "@recallkit/core";
import { byteLength, checkInput } from "@recallkit/core/ports";
import * as z from "zod";
import { OFFICIAL_ACCOUNT } from "./call.js";
import type { AccountMessage } from "./client.js";

/** Text limit of one message, bytes of UTF-8. */
const MAX_TEXT_BYTES = 2048;

const contentSchema = z.strictObject({
  text: z
    .string()
    .min(1)
    .refine((text) => byteLength(text) <= MAX_TEXT_BYTES, { message: `at most ${MAX_TEXT_BYTES} bytes of UTF-8` }),
  // Messages have no subject; content that is written for several channels may have one.
  subject: z.string().optional(),
});

/** What is wrong with content on an official account. */
export function checkContent(content: MessageContent): readonly InputIssue[] {
  const read = checkInput(contentSchema, content);
  return "issues" in read ? read.issues : [];
}

/** Content in the platform's words. @throws {ChannelError} class REQUEST: it is not of their form */
export function messageOf(content: MessageContent): AccountMessage {
  const read = checkInput(contentSchema, content);
  if ("value" in read) return { msgtype: "text", text: { content: read.value.text } };
  const [issue] = read.issues;
  throw new ChannelError("channel.rejected", `content.${issue?.path ?? ""}: ${issue?.message ?? "unknown fault"}`, {
    channel: OFFICIAL_ACCOUNT,
    effect: "REQUEST",
  });
}

/** The form of openids: others are refused before any call, since one of them would fail all. */
export function isOpenid(address: string): boolean {
  return /^[A-Za-z0-9_-]{20,64}$/.test(address);
}
