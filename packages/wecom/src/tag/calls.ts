import * as z from "zod";
import { doneSchema, id, listIn, listOf, optionalInteger, optionalText } from "../answers.js";
import type { Api, CallOptions, EffectOptions } from "../api.js";
import { idsUpTo, textOfBytes, textOfCharacters, withinLimits } from "../limits.js";

const isDeleted = z
  .boolean()
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? false);
const tagSchema = z.object({
  id,
  name: z.string(),
  create_time: optionalInteger,
  order: optionalInteger,
  deleted: isDeleted,
});
const groupSchema = z.object({
  group_id: id,
  group_name: optionalText,
  create_time: optionalInteger,
  order: optionalInteger,
  deleted: isDeleted,
  tag: listOf(tagSchema),
});
const listedSchema = z.object({ tag_group: listIn(groupSchema) });
const addedSchema = z.object({ tag_group: groupSchema });

/** A corp tag. Times are epoch seconds; `deleted` only shows when it is asked for by id. */
export type CorpTag = z.output<typeof tagSchema>;

/** A group of corp tags. */
export type CorpTagGroup = z.output<typeof groupSchema>;

/** Tags to add: to a group by its id, or to the group of a name, which is made if there is none. */
export interface NewCorpTags {
  readonly group_id?: string;
  /** At most 30 characters. */
  readonly group_name?: string;
  readonly order?: number;
  /** Names of at most 30 characters; repeated names count once. */
  readonly tag: readonly { readonly name: string; readonly order?: number }[];
}

/** Tags to put on a customer, or take off, as one member sees them. */
export interface TagChange {
  readonly userid: string;
  readonly external_userid: string;
  readonly add_tag?: readonly string[];
  readonly remove_tag?: readonly string[];
}

const name = textOfCharacters(30).min(1);
const order = z.int().min(0).max(4_294_967_295);
const newTagsSchema = z
  .looseObject({
    group_id: textOfBytes(128).optional(),
    group_name: name.optional(),
    order: order.optional(),
    tag: z.array(z.looseObject({ name, order: order.optional() })).min(1),
  })
  .refine(({ group_id, group_name }) => group_id ?? group_name, {
    path: ["group_name"],
    message: "group_id or group_name is needed",
  });
const editSchema = z.looseObject({ id: textOfBytes(128), name: name.optional(), order: order.optional() });
const changeSchema = z
  .looseObject({
    userid: textOfBytes(64),
    external_userid: textOfBytes(128),
    add_tag: idsUpTo(10_000).optional(),
    remove_tag: idsUpTo(10_000).optional(),
  })
  .refine(({ add_tag, remove_tag }) => (add_tag?.length ?? 0) + (remove_tag?.length ?? 0) > 0, {
    path: ["add_tag"],
    message: "a tag to add or to remove is needed",
  });

/** Corp tags (企业标签). @see https://developer.work.weixin.qq.com/document/path/92117 */
export interface TagCalls {
  /** Tags by id, or those of groups, which goes first; without both, all of them. */
  getCorpTagList(
    query?: { readonly tag_id?: readonly string[]; readonly group_id?: readonly string[] },
    options?: CallOptions,
  ): Promise<readonly CorpTagGroup[]>;
  /** @returns the group with the tags that were added */
  addCorpTag(tags: NewCorpTags, options?: EffectOptions): Promise<CorpTagGroup>;
  /** Renames or reorders a tag, or a group, that this app has made. */
  editCorpTag(
    tag: { readonly id: string; readonly name?: string; readonly order?: number },
    options?: EffectOptions,
  ): Promise<void>;
  /** Deletes tags and whole groups; a group without tags goes too. */
  delCorpTag(
    tags: { readonly tag_id?: readonly string[]; readonly group_id?: readonly string[] },
    options?: EffectOptions,
  ): Promise<void>;
  /** @throws {ChannelError} class RECIPIENT: the member does not follow the customer */
  markTag(change: TagChange, options?: EffectOptions): Promise<void>;
}

/** Calls about tags. */
export function tagCalls(api: Api): TagCalls {
  const at = (call: string) => `externalcontact/${call}`;
  return {
    async getCorpTagList(query = {}, options) {
      const request = { body: query, answer: listedSchema, maxMebibytes: 16 };
      return (await api.read(at("get_corp_tag_list"), request, options)).tag_group;
    },
    async addCorpTag(tags, options) {
      const body = withinLimits("add_corp_tag", newTagsSchema, tags);
      return (await api.act(at("add_corp_tag"), { body, answer: addedSchema }, options)).tag_group;
    },
    async editCorpTag(tag, options) {
      const body = withinLimits("edit_corp_tag", editSchema, tag);
      await api.act(at("edit_corp_tag"), { body, answer: doneSchema }, options);
    },
    async delCorpTag(tags, options) {
      await api.act(at("del_corp_tag"), { body: tags, answer: doneSchema }, options);
    },
    async markTag(change, options) {
      const body = withinLimits("mark_tag", changeSchema, change);
      await api.act(at("mark_tag"), { body, answer: doneSchema }, options);
    },
  };
}
