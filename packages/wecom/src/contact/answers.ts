import * as z from "zod";
import { cursor, id, integer, listIn, listOf, optionalInteger, optionalText } from "../answers.js";

export const followUsersSchema = z.object({ follow_user: listIn(id) });
export const contactIdsSchema = z.object({ external_userid: listIn(id) });
export const openidSchema = z.object({ openid: id });

const externalContactSchema = z.object({
  external_userid: id,
  name: optionalText,
  avatar: optionalText,
  type: optionalInteger,
  gender: optionalInteger,
  unionid: optionalText,
  position: optionalText,
  corp_name: optionalText,
  corp_full_name: optionalText,
});

const channelsSchema = z
  .object({ nickname: optionalText, source: optionalInteger })
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);

const followSchema = z.object({
  userid: id,
  remark: optionalText,
  description: optionalText,
  createtime: optionalInteger,
  remark_corp_name: optionalText,
  remark_mobiles: listOf(z.string()),
  add_way: optionalInteger,
  oper_userid: optionalText,
  state: optionalText,
  wechat_channels: channelsSchema,
});

const tagSchema = z.object({ group_name: optionalText, tag_name: optionalText, type: integer, tag_id: optionalText });

// Lists of customers give ids of tags where a single customer's row has whole tags.
const listedFollowSchema = followSchema.extend({ tag_id: listOf(id) });
const followUserSchema = followSchema.extend({ tags: listOf(tagSchema) });

export const contactSchema = z.object({
  external_contact: externalContactSchema,
  follow_user: listOf(followUserSchema),
  next_cursor: cursor,
});

export const contactPageSchema = z.object({
  external_contact_list: listIn(z.object({ external_contact: externalContactSchema, follow_info: listedFollowSchema })),
  next_cursor: cursor,
  fail_info: z.object({ unlicensed_userid_list: listOf(id) }).nullish(),
});

/** A customer. `type`: 1 WeChat, 2 WeCom; `gender`: 0 unknown, 1 male, 2 female; `unionid` only if the corp has bound a WeChat developer account. */
export type ExternalContact = z.output<typeof externalContactSchema>;

/** A member's relation to a customer, with whole tags. `createtime` in seconds. */
export type FollowUser = z.output<typeof followUserSchema>;

/** A customer as one member knows them; `tag_id` are ids of corp tags and rule tags. */
export type ListedContact = z.output<typeof contactPageSchema>["external_contact_list"][number];

/** A customer with everybody who follows them. */
export interface ContactDetails {
  readonly external_contact: ExternalContact;
  readonly follow_user: readonly FollowUser[];
}
