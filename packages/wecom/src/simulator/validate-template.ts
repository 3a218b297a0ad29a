import { type Fields, isFields, optionalText, optionalTexts } from "./call.js";
import { RefusedCall, wrongType } from "./errors.js";
import { type Attachment, checkAttachment, type MediaCheck } from "./validate-attachment.js";

/** A request to `add_msg_template` that breaks no rule of form. */
export interface Template {
  readonly chatType: "single" | "group";
  /** As sent, repeats included; undefined when none were given. */
  readonly externalUserids: readonly string[] | undefined;
  /** Customer groups; none: all of the sender's. */
  readonly chatIds: readonly string[];
  /** Customers are chosen by tag: any of each list, every list; ignored when ids are given. */
  readonly tagFilter: readonly (readonly string[])[];
  readonly sender: string | undefined;
  readonly allowSelect: boolean;
  readonly text: string | undefined;
  readonly attachments: readonly Attachment[];
}

/**
 * Checks a request by every published limit; text lengths are bytes of UTF-8.
 *
 * @throws {RefusedCall} with the provider's code; the first fault found is the answer
 * @see https://developer.work.weixin.qq.com/document/path/92135
 */
export function parseTemplate(fields: Fields, refer: MediaCheck): Template {
  const chatType = readChatType(fields) ?? "single";
  const sender = optionalText(fields, "sender", 64);
  const ids = optionalTexts(fields, "external_userid", 10_000);
  const chatIds = optionalTexts(fields, "chat_id_list", 2000) ?? [];
  const tagFilter = readTagFilter(fields);
  const allowSelect = readFlag(fields, "allow_select");

  const externalUserids = ids !== undefined && ids.length > 0 ? ids : undefined;
  if (chatType === "group" && sender === undefined)
    throw new RefusedCall(40063, "field `sender` is required for group");
  if (chatType === "single" && sender === undefined && externalUserids === undefined && tagFilter.length === 0) {
    throw new RefusedCall(40063, "sender, external_userid and tag_filter are all empty");
  }
  return { chatType, externalUserids, chatIds, tagFilter, sender, allowSelect, ...readContent(fields, refer) };
}

/** `chat_type`, or undefined when absent; @throws {RefusedCall} 40058 for another word. */
export function readChatType(fields: Fields): "single" | "group" | undefined {
  const value = optionalText(fields, "chat_type");
  if (value === undefined || value === "single" || value === "group") return value;
  throw new RefusedCall(40058, "invalid chat_type");
}

/** Text and attachments of a message. @throws {RefusedCall} neither of them, or a limit is exceeded */
export function readContent(fields: Fields, refer: MediaCheck): Pick<Template, "text" | "attachments"> {
  const textFields = fields.text ?? {};
  if (!isFields(textFields)) throw wrongType("text", "object");
  const text = optionalText(textFields, "content", 4000, "text.content");

  const entries = fields.attachments ?? [];
  if (!Array.isArray(entries)) throw wrongType("attachments", "array");
  if (entries.length > 9) throw new RefusedCall(41064);
  if (entries.length === 0 && text === undefined) throw new RefusedCall(41088);
  return { text, attachments: entries.map((entry, index) => checkAttachment(entry, `attachments[${index}]`, refer)) };
}

function readTagFilter(fields: Fields): readonly (readonly string[])[] {
  const filter = fields.tag_filter;
  if (filter === undefined || filter === null) return [];
  const groups = isFields(filter) ? (filter.group_list ?? []) : undefined;
  if (!Array.isArray(groups) || !groups.every(isFields)) {
    throw wrongType("tag_filter.group_list", "array of object");
  }
  return groups.map((group) => optionalTexts(group, "tag_list", 100) ?? []);
}

function readFlag(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value !== "boolean") throw wrongType(name, "bool");
  return value;
}
