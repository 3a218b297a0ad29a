import {
  type AuthorizedCall,
  type Fields,
  isFields,
  optionalInteger,
  optionalText,
  optionalTexts,
  readFields,
} from "./call.js";
import { requireRelation } from "./contacts.js";
import { RefusedCall, tooLong, wrongType } from "./errors.js";
import type { Corp, TagGroup } from "./state.js";

const MAX_NAME = 30;
const MOST_TAGS = 10_000;
const MOST_IDS = 10_000;

/** `get_corp_tag_list`: all, or those of groups, or single ones; ids of groups go first. @see https://developer.work.weixin.qq.com/document/path/92117 */
export function getCorpTagList({ app, body }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const groupIds = optionalTexts(fields, "group_id", MOST_IDS) ?? [];
  const tagIds = optionalTexts(fields, "tag_id", MOST_IDS) ?? [];
  const { tagGroups } = app.corp;
  if (groupIds.length > 0)
    return { tag_group: tagGroups.filter(({ id }) => groupIds.includes(id)).map((group) => row(group)) };
  if (tagIds.length === 0) return { tag_group: tagGroups.map((group) => row(group)) };
  const found = tagGroups.map((group) => row(group, (id) => tagIds.includes(id))).filter(({ tag }) => tag.length > 0);
  return { tag_group: found };
}

/** `add_corp_tag`: to a group by id, else to the group of a name, which is made; repeated names count once. */
export function addCorpTag({ world, app, body, now }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const { corp } = app;
  const groupId = optionalText(fields, "group_id");
  const groupName = nameIn(fields, "group_name");
  const names = new Map(newTags(fields).map((tag) => [tag.name, tag]));
  if (names.size === 0) throw new RefusedCall(40063, "field `tag` is empty");
  if (corp.tagGroups.reduce((sum, { tags }) => sum + tags.length, names.size) > MOST_TAGS) throw new RefusedCall(40126);
  let group = corp.tagGroups.find(({ id, name }) => (groupId === undefined ? name === groupName : id === groupId));
  if (groupId !== undefined && group === undefined) throw new RefusedCall(40068);
  if (group === undefined) {
    if (groupName === undefined) throw new RefusedCall(40063, "field `group_name` is empty");
    const order = optionalInteger(fields, "order") ?? 0;
    group = { id: world.ids.next("et", 30), name: groupName, createdAt: now, order, tags: [], madeBy: app.agentId };
    corp.tagGroups.push(group);
  }
  if (group.tags.some(({ name }) => names.has(name))) throw new RefusedCall(40071);
  const added = [...names.values()].map(({ name, order }) => ({
    id: world.ids.next("et", 30),
    name,
    order,
    createdAt: now,
  }));
  group.tags.push(...added);
  return { tag_group: row(group, (id) => added.some((tag) => tag.id === id)) };
}

/** `edit_corp_tag`: name or order of a tag, or a group, that this app has made. */
export function editCorpTag({ app, body }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const id = optionalText(fields, "id");
  const group = app.corp.tagGroups.find((one) => one.id === id || one.tags.some((tag) => tag.id === id));
  if (group === undefined) throw new RefusedCall(40068);
  if (group.madeBy !== app.agentId) throw new RefusedCall(81011);
  const target = group.id === id ? group : group.tags.find((tag) => tag.id === id);
  const name = nameIn(fields, "name");
  const rivals: readonly { id: string; name: string }[] = group.id === id ? app.corp.tagGroups : group.tags;
  if (name !== undefined && rivals.some((one) => one.id !== id && one.name === name)) throw new RefusedCall(40071);
  const order = optionalInteger(fields, "order");
  if (target !== undefined && name !== undefined) target.name = name;
  if (target !== undefined && order !== undefined) target.order = order;
  return {};
}

/** `del_corp_tag`: tags and whole groups; a group without tags goes too. */
export function delCorpTag({ app, body }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const { corp } = app;
  const tagIds = new Set(optionalTexts(fields, "tag_id", MOST_IDS) ?? []);
  const groupIds = new Set(optionalTexts(fields, "group_id", MOST_IDS) ?? []);
  if (tagIds.size + groupIds.size === 0) throw new RefusedCall(40063, "tag_id and group_id are both empty");
  const known = corp.tagGroups.flatMap(({ id, tags }) => [id, ...tags.map((tag) => tag.id)]);
  if ([...tagIds, ...groupIds].some((id) => !known.includes(id))) throw new RefusedCall(40068);
  for (const group of corp.tagGroups) group.tags = group.tags.filter(({ id }) => !tagIds.has(id));
  corp.tagGroups = corp.tagGroups.filter(({ id, tags }) => !groupIds.has(id) && tags.length > 0);
  return {};
}

/** `mark_tag`: puts tags on a customer and takes them off. @see https://developer.work.weixin.qq.com/document/path/92118 */
export function markTag({ app, body }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const relation = requireRelation(app.corp, fields);
  const add = optionalTexts(fields, "add_tag", MOST_IDS) ?? [];
  const remove = optionalTexts(fields, "remove_tag", MOST_IDS) ?? [];
  if (add.length + remove.length === 0) throw new RefusedCall(40063, "add_tag and remove_tag are both empty");
  if ([...add, ...remove].some((id) => !hasTag(app.corp, id))) throw new RefusedCall(40068);
  for (const id of remove) relation.tags.delete(id);
  for (const id of add) relation.tags.add(id);
  return {};
}

function hasTag(corp: Corp, tagId: string): boolean {
  return corp.tagGroups.some(({ tags }) => tags.some(({ id }) => id === tagId));
}

function row(group: TagGroup, isMeant: (tagId: string) => boolean = () => true) {
  const tag = group.tags
    .filter(({ id }) => isMeant(id))
    .map(({ id, name, order, createdAt }) => ({ id, name, create_time: seconds(createdAt), order }));
  return { group_id: group.id, group_name: group.name, create_time: seconds(group.createdAt), order: group.order, tag };
}

function newTags(fields: Fields): { name: string; order: number }[] {
  const entries = fields.tag ?? [];
  if (!Array.isArray(entries) || !entries.every(isFields)) throw wrongType("tag", "array of object");
  return entries.map((entry, index) => {
    const name = nameIn(entry, "name");
    if (name === undefined) throw new RefusedCall(40063, `field \`tag[${index}].name\` is empty`);
    return { name, order: optionalInteger(entry, "order") ?? 0 };
  });
}

function nameIn(fields: Fields, field: string): string | undefined {
  const name = optionalText(fields, field);
  if (name !== undefined && Array.from(name).length > MAX_NAME) throw tooLong(field, MAX_NAME);
  return name;
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
