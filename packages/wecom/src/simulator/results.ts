import { type AuthorizedCall, type Fields, isFields, optionalInteger, optionalText, readFields } from "./call.js";
import { readCursor, readLimit, writeCursor } from "./cursor.js";
import { RefusedCall } from "./errors.js";
import type { StaffTask, Task } from "./state.js";
import { findTask } from "./task.js";
import type { Attachment } from "./validate-attachment.js";
import { readChatType } from "./validate-template.js";

const longestSpanSeconds = 31 * 86_400;

/**
 * `get_groupmsg_list_v2`: tasks created in a span of at most 31 days, both ends in, newest first.
 * Every task here was made over the API, so rows carry no creator and a `creator` filter finds none.
 *
 * @see https://developer.work.weixin.qq.com/document/path/93338
 */
export function getGroupMsgList({ world, app, body, now }: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(body);
  const chatType = readChatType(fields);
  const start = optionalInteger(fields, "start_time");
  const end = optionalInteger(fields, "end_time");
  if (chatType === undefined || start === undefined || end === undefined) throw new RefusedCall(40063);
  if (start > end || end - start > longestSpanSeconds) throw new RefusedCall(40058, "invalid start_time or end_time");
  const filterType = optionalInteger(fields, "filter_type") ?? 2;
  if (filterType < 0 || filterType > 2) throw new RefusedCall(40058, "invalid filter_type");
  const creator = optionalText(fields, "creator");
  const limit = readLimit(fields, 50, 100);

  const { corpId, tasks } = app.corp;
  const query = JSON.stringify(["list", corpId, chatType, start, end, filterType, creator ?? ""]);
  let index = readCursor(world.ids, query, fields, tasks.length - 1);
  const rows: Record<string, unknown>[] = [];
  const hasRows = filterType !== 1 && creator === undefined;
  for (; hasRows && index >= 0; index -= 1) {
    const task = tasks[index];
    if (task === undefined || seconds(task.createdAt) > end || task.createdAt + world.listedAfterMs > now) continue;
    if (seconds(task.createdAt) < start) break;
    if (task.chatType !== chatType) continue;
    if (rows.length === limit) return { next_cursor: writeCursor(world.ids, query, index), group_msg_list: rows };
    rows.push(listRow(task));
  }
  return { next_cursor: "", group_msg_list: rows };
}

/** `get_groupmsg_task`: the members of a task and whether they have sent it. */
export function getGroupMsgTask(call: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(call.body);
  const task = dispatchedTask(call, fields);
  const page = pageOf(call, fields, JSON.stringify(["task", task.msgid]), task.staff.length);
  const rows = task.staff
    .slice(page.from, page.to)
    .map(({ userid, confirmedAt }) =>
      confirmedAt === undefined ? { userid, status: 0 } : { userid, status: 2, send_time: seconds(confirmedAt) },
    );
  return { next_cursor: page.nextCursor, task_list: rows };
}

/** `get_groupmsg_send_result`: the customers of one member in a task and what became of each. */
export function getGroupMsgSendResult(call: AuthorizedCall): Record<string, unknown> {
  const fields = readFields(call.body);
  const task = dispatchedTask(call, fields);
  const userid = optionalText(fields, "userid");
  if (userid === undefined) throw new RefusedCall(41009);
  const staffTask = task.staff.find((member) => member.userid === userid);
  if (staffTask === undefined) throw new RefusedCall(40003);
  // Groups that were not sent to are left out: their owner may not have chosen them yet.
  if (staffTask.areGroups && staffTask.confirmedAt === undefined) return { next_cursor: "", send_list: [] };
  const page = pageOf(call, fields, JSON.stringify(["result", task.msgid, userid]), staffTask.recipients.length);
  return { next_cursor: page.nextCursor, send_list: resultRows(staffTask, page.from, page.to) };
}

function resultRows(
  { userid, recipients, areGroups, status, confirmedAt }: StaffTask,
  from: number,
  to: number,
): unknown[] {
  return recipients.slice(from, to).map((id, index) => {
    const row = {
      ...(areGroups ? { chat_id: id } : { external_userid: id }),
      userid,
      status: status[from + index] ?? 0,
    };
    return row.status === 1 && confirmedAt !== undefined ? { ...row, send_time: seconds(confirmedAt) } : row;
  });
}

function dispatchedTask({ world, app, now }: AuthorizedCall, fields: Fields): Task {
  const task = findTask(app.corp, fields);
  if (now < task.createdAt + world.dispatchingMs) throw new RefusedCall(41063);
  return task;
}

function pageOf({ world }: AuthorizedCall, fields: Fields, query: string, length: number) {
  const limit = readLimit(fields, 500, 1000);
  const from = readCursor(world.ids, query, fields, 0);
  const to = Math.min(from + limit, length);
  return { from, to, nextCursor: to < length ? writeCursor(world.ids, query, to) : "" };
}

function listRow({ msgid, createdAt, text, attachments }: Task): Record<string, unknown> {
  return {
    msgid,
    create_time: String(seconds(createdAt)),
    create_type: 0,
    ...(text === undefined ? {} : { text: { content: text } }),
    attachments: attachments.map(listedAttachment),
  };
}

function listedAttachment(attachment: Attachment): Fields {
  const { msgtype } = attachment;
  const content = attachment[msgtype];
  if (!isFields(content)) return attachment;
  if (msgtype === "image") {
    const shown = content.media_id ? { media_id: content.media_id } : { pic_url: content.pic_url };
    return { msgtype, image: shown };
  }
  if (msgtype !== "miniprogram") return attachment;
  const { pic_media_id: _cover, ...shown } = content;
  return { msgtype, miniprogram: shown };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
