import { type AuthorizedCall, type Fields, optionalInteger, optionalText, optionalTexts, readFields } from "./call.js";
import { readCursor, writeCursor } from "./cursor.js";
import type { Relation } from "./customers.js";
import { RefusedCall, tooLong } from "./errors.js";
import type { Corp } from "./state.js";

const MOST_FOLLOWERS = 500;
const MOST_MEMBERS = 100;
const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 100;
const MAX_REMARK = 20;
const MAX_DESCRIPTION = 150;

/** `get_follow_user_list`: members who may serve customers. @see https://developer.work.weixin.qq.com/document/path/92571 */
export function getFollowUserList({ app }: AuthorizedCall): Record<string, unknown> {
  return { follow_user: [...app.corp.staff.keys()] };
}

/** `externalcontact/list`: ids of one member's customers; 84061 when there are none. */
export function listContacts({ app, query }: AuthorizedCall): Record<string, unknown> {
  const ids = app.corp.customers.customersOf(requireMember(app.corp, query.get("userid") ?? "")) ?? [];
  if (ids.length === 0) throw new RefusedCall(84061);
  return { external_userid: ids };
}

/** `externalcontact/get`: one customer with up to 500 followers a page. @see https://developer.work.weixin.qq.com/document/path/92114 */
export function getContact({ world, app, query }: AuthorizedCall): Record<string, unknown> {
  const { corp } = app;
  const id = query.get("external_userid") ?? "";
  if (id === "") throw new RefusedCall(40096);
  const followers = corp.customers.followersOf(id);
  if (followers.length === 0) throw new RefusedCall(84061);
  const name = JSON.stringify(["get", corp.corpId, id]);
  const from = readCursor(world.ids, name, { cursor: query.get("cursor") ?? "" }, 0);
  const to = Math.min(from + MOST_FOLLOWERS, followers.length);
  const rows = followers.slice(from, to).map((userid) => {
    const { tag_id: _ids, ...info } = followInfo(corp, userid, id);
    return { ...info, tags: tagsOf(corp, relation(corp, userid, id)) };
  });
  return {
    external_contact: contactRow(corp, id),
    follow_user: rows,
    ...(to < followers.length && { next_cursor: writeCursor(world.ids, name, to) }),
  };
}

/** `externalcontact/batch/get_by_user`: customers of up to 100 members. @see https://developer.work.weixin.qq.com/document/path/92994 */
export function batchGetByUser({ world, app, body }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const { corp } = app;
  const members = optionalTexts(fields, "userid_list", Math.min(MOST_MEMBERS, world.mostMembersPerBatch)) ?? [];
  if (members.length === 0) throw new RefusedCall(40063, "field `userid_list` is empty");
  for (const userid of members) requireMember(corp, userid);
  // Above the largest page the provider takes the largest, unlike for results of mass messages.
  const asked = optionalInteger(fields, "limit") ?? DEFAULT_PAGE;
  const limit = asked < 1 ? DEFAULT_PAGE : Math.min(asked, LARGEST_PAGE);
  const licensed = members.filter((userid) => !corp.unlicensed.has(userid));
  if (licensed.length === 0) throw new RefusedCall(701008);
  const name = JSON.stringify(["batch", corp.corpId, members]);
  const from = readCursor(world.ids, name, fields, 0);
  const rows = rowsFrom(corp, licensed, from, limit + 1);
  const unlicensed = members.filter((userid) => corp.unlicensed.has(userid));
  return {
    external_contact_list: rows.slice(0, limit).map(([userid, id]) => ({
      external_contact: contactRow(corp, id),
      follow_info: followInfo(corp, userid, id),
    })),
    next_cursor: rows.length > limit ? writeCursor(world.ids, name, from + limit) : "",
    ...(unlicensed.length > 0 && { fail_info: { unlicensed_userid_list: unlicensed } }),
  };
}

/** `externalcontact/remark`. @see https://developer.work.weixin.qq.com/document/path/92115 */
export function remarkContact({ app, body }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const found = requireRelation(app.corp, fields);
  const remark = characters(fields, "remark", MAX_REMARK);
  const description = characters(fields, "description", MAX_DESCRIPTION);
  const company = characters(fields, "remark_company", MAX_REMARK);
  const mobiles = optionalTexts(fields, "remark_mobiles", 100);
  const picture = fields.remark_pic_mediaid;
  if ([remark, description, company, mobiles, picture].every((field) => field === undefined)) {
    throw new RefusedCall(40063, "all remark fields are empty");
  }
  if (remark !== undefined) found.remark = remark;
  if (description !== undefined) found.description = description;
  if (company !== undefined) found.remarkCompany = company;
  if (mobiles !== undefined) found.remarkMobiles = mobiles.filter((mobile) => mobile !== "");
  return {};
}

/** `externalcontact/convert_to_openid`. */
export function convertToOpenid({ app, body }: AuthorizedCall): Record<string, unknown> {
  const id = optionalText(readFields(body), "external_userid");
  if (id === undefined || app.corp.customers.followersOf(id).length === 0) throw new RefusedCall(40096);
  return { openid: `o${id.slice(1)}` };
}

/** The relation that a body's `userid` and `external_userid` name; @throws {RefusedCall} 84061 */
export function requireRelation(corp: Corp, fields: Fields): Relation {
  const userid = requireMember(corp, optionalText(fields, "userid") ?? "");
  const id = optionalText(fields, "external_userid");
  if (id === undefined) throw new RefusedCall(40096);
  const found = corp.customers.relationOf(userid, id);
  if (found === undefined) throw new RefusedCall(84061);
  return found;
}

function requireMember(corp: Corp, userid: string): string {
  if (userid === "") throw new RefusedCall(41009);
  if (!corp.staff.has(userid)) throw new RefusedCall(60111);
  return userid;
}

/** Pairs of member and customer from a place on; members go one after the other. */
function rowsFrom(corp: Corp, members: readonly string[], from: number, count: number): [string, string][] {
  const rows: [string, string][] = [];
  let skipped = 0;
  for (const userid of members) {
    const ids = corp.customers.customersOf(userid) ?? [];
    for (let index = Math.max(0, from - skipped); index < ids.length && rows.length < count; index += 1) {
      const id = ids[index];
      if (id !== undefined) rows.push([userid, id]);
    }
    skipped += ids.length;
  }
  return rows;
}

function contactRow(corp: Corp, id: string): Record<string, unknown> {
  const { name = id, unionid, type = 1 } = corp.customers.profileOf(id);
  const avatar = "http://wx.qlogo.cn/mmhead/simulated/0";
  return { external_userid: id, name, type, avatar, gender: 0, ...(type === 1 && unionid && { unionid }) };
}

function relation(corp: Corp, userid: string, id: string): Relation | undefined {
  return corp.customers.relationOf(userid, id);
}

function followInfo(corp: Corp, userid: string, id: string) {
  const found = relation(corp, userid, id);
  return {
    userid,
    remark: found?.remark ?? "",
    description: found?.description ?? "",
    createtime: Math.floor((found?.createdAt ?? 0) / 1000),
    tag_id: [...(found?.tags ?? [])],
    remark_corp_name: found?.remarkCompany ?? "",
    remark_mobiles: found?.remarkMobiles ?? [],
    add_way: found?.addWay ?? 0,
    oper_userid: userid,
    ...(found?.state && { state: found.state }),
  };
}

function tagsOf(corp: Corp, found: Relation | undefined): unknown[] {
  return [...(found?.tags ?? [])].flatMap((tagId) => {
    const group = corp.tagGroups.find(({ tags }) => tags.some(({ id }) => id === tagId));
    const tag = group?.tags.find(({ id }) => id === tagId);
    return group && tag ? [{ group_name: group.name, tag_name: tag.name, type: 1, tag_id: tagId }] : [];
  });
}

/** A text with a limit in characters; "" clears. */
function characters(fields: Fields, name: string, most: number): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new RefusedCall(40058, `Warning: wrong json format. field \`${name}\``);
  if (Array.from(value).length > most) throw tooLong(name, most);
  return value;
}
