import * as z from "zod";
import { idsUpTo, textOfBytes } from "../limits.js";
import { type Attachment, hasParts, messageParts } from "./attachments.js";

/** Most customers of one task. @see https://developer.work.weixin.qq.com/document/path/92135 */
export const MAX_CUSTOMERS = 10_000;
/** Most customer groups of one task; same source. */
export const MAX_GROUPS = 2000;
const MAX_TAGS_PER_LIST = 100;

/** A mass message in WeCom's own words; fields not named here are passed on. @see https://developer.work.weixin.qq.com/document/path/92135 */
export interface MessageTemplate {
  /** @default "single" */
  readonly chat_type?: "single" | "group";
  /** At most 10 000; only for `single`. */
  readonly external_userid?: readonly string[];
  /** At most 2 000; only for `group`. */
  readonly chat_id_list?: readonly string[];
  /** Tags in a list are any of, lists are all of; at most 100 tags in a list. Ignored when `external_userid` is given. */
  readonly tag_filter?: { readonly group_list: readonly { readonly tag_list: readonly string[] }[] };
  /** Userid of the member who is to send; needed for `group`. Without it, whoever spoke with the customer last. */
  readonly sender?: string;
  /** Whether the member may leave customers out. @default false */
  readonly allow_select?: boolean;
  /** At most 4000 bytes of UTF-8. */
  readonly text?: { readonly content: string };
  /** At most 9. */
  readonly attachments?: readonly (Attachment | Readonly<Record<string, unknown>>)[];
  readonly [field: string]: unknown;
}

/** Limits of `add_msg_template`. */
export const templateSchema = z
  .looseObject({
    chat_type: z.enum(["single", "group"]).optional(),
    external_userid: idsUpTo(MAX_CUSTOMERS).optional(),
    chat_id_list: idsUpTo(MAX_GROUPS).optional(),
    tag_filter: z
      .looseObject({ group_list: z.array(z.looseObject({ tag_list: idsUpTo(MAX_TAGS_PER_LIST) })) })
      .optional(),
    sender: textOfBytes(64).optional(),
    allow_select: z.boolean().optional(),
    ...messageParts,
  })
  .refine(hasParts, { path: ["text"], message: "a text or an attachment is needed" })
  .refine(({ chat_type, sender }) => chat_type !== "group" || sender !== undefined, {
    path: ["sender"],
    message: "groups need a sender",
  })
  .refine(
    ({ chat_type, sender, external_userid, tag_filter }) =>
      chat_type === "group" || sender !== undefined || (external_userid?.length ?? 0) > 0 || tag_filter !== undefined,
    { path: ["external_userid"], message: "recipients, a tag filter or a sender is needed" },
  );
