import { type AuthorizedCall, readFields } from "./call.js";
import { willingMembers } from "./confirm.js";
import { RefusedCall } from "./errors.js";
import { refusedByFault } from "./faults.js";
import { mediaCheck } from "./media.js";
import type { Corp, StaffTask, Task, World } from "./state.js";
import { findTask } from "./task.js";
import { parseTemplate, type Template } from "./validate-template.js";

interface Distribution {
  readonly failList: readonly string[];
  /** Recipients per member who is to send to them. */
  readonly byMember: ReadonlyMap<string, readonly string[]>;
  readonly duplicates: number;
}

/** `add_msg_template`: makes a task for staff members; delivers nothing by itself. */
export function addMsgTemplate(call: AuthorizedCall): Record<string, unknown> {
  const { world, now, fault } = call;
  const { corp } = call.app;
  const template = parseTemplate(readFields(call.body), mediaCheck(world, corp, now));
  if (template.sender !== undefined && !corp.staff.has(template.sender)) throw new RefusedCall(40003);
  const targets = targetsOf(template, corp);
  const refused = refusedByFault(fault, targets);
  const distribution =
    template.chatType === "group"
      ? distributeGroups(corp, template.sender, targets, refused)
      : distribute(corp, template.sender, targets, refused);
  if (distribution.byMember.size === 0) throw new RefusedCall(41048);
  const task = createTask(world, corp, template, distribution, now);
  return { fail_list: task.failList, msgid: task.msgid };
}

/** `cancel_groupmsg_send`: stops what is unsent for ever; what was delivered stays delivered. */
export function cancelGroupMsgSend(call: AuthorizedCall): Record<string, unknown> {
  const task = findTask(call.app.corp, readFields(call.body));
  if (task.cancelledAt !== undefined) throw new RefusedCall(41093);
  task.cancelledAt = call.now;
  return {};
}

/** `remind_groupmsg_send`: at most three times in any 24 hours. */
export function remindGroupMsgSend(call: AuthorizedCall): Record<string, unknown> {
  const task = findTask(call.app.corp, readFields(call.body));
  if (task.cancelledAt !== undefined) throw new RefusedCall(41093);
  const recent = task.remindedAt.filter((at) => at > call.now - 86_400_000);
  if (recent.length >= 3) throw new RefusedCall(41094);
  task.remindedAt.push(call.now);
  return {};
}

function targetsOf(template: Template, corp: Corp): readonly string[] {
  const { sender, chatIds, tagFilter } = template;
  if (template.chatType === "group") {
    if (chatIds.length > 0) return chatIds;
    return [...corp.groups.values()].filter(({ owner }) => owner === sender).map(({ chatId }) => chatId);
  }
  if (template.externalUserids !== undefined) return template.externalUserids;
  const members = sender === undefined ? [...corp.staff.keys()] : [sender];
  return members.flatMap((userid) => {
    const ids = corp.customers.customersOf(userid) ?? [];
    return tagFilter.length === 0 ? ids : ids.filter((id) => hasTags(corp, userid, id, tagFilter));
  });
}

function hasTags(corp: Corp, userid: string, id: string, filter: readonly (readonly string[])[]): boolean {
  const tags = corp.customers.relationOf(userid, id)?.tags;
  return tags !== undefined && filter.every((list) => list.some((tagId) => tags.has(tagId)));
}

/** Only its owner can send to a group. */
function distributeGroups(
  corp: Corp,
  sender: string | undefined,
  targets: readonly string[],
  refused: ReadonlySet<string>,
): Distribution {
  const unique = [...new Set(targets)];
  const isSendable = (chatId: string) => !refused.has(chatId) && corp.groups.get(chatId)?.owner === sender;
  const recipients = unique.filter(isSendable);
  return {
    failList: unique.filter((chatId) => !isSendable(chatId)),
    byMember: new Map(sender !== undefined && recipients.length > 0 ? [[sender, recipients]] : []),
    duplicates: targets.length - unique.length,
  };
}

function distribute(
  corp: Corp,
  sender: string | undefined,
  targets: readonly string[],
  refused: ReadonlySet<string>,
): Distribution {
  const unique = new Set(targets);
  const failList: string[] = [];
  const found = new Map<string, string[]>();
  for (const id of unique) {
    const followers = corp.customers.followersOf(id);
    const member = sender === undefined ? followers.at(-1) : followers.find((userid) => userid === sender);
    if (member === undefined || refused.has(id) || !corp.staff.has(member)) {
      failList.push(id);
      continue;
    }
    const recipients = found.get(member);
    if (recipients === undefined) found.set(member, [id]);
    else recipients.push(id);
  }
  const place = (userid: string): number => corp.staff.get(userid) ?? 0;
  const inStaffOrder = [...found].sort(([a], [b]) => place(a) - place(b));
  return { failList, byMember: new Map(inStaffOrder), duplicates: targets.length - unique.size };
}

function createTask(world: World, corp: Corp, template: Template, distribution: Distribution, now: number): Task {
  const { failList, byMember, duplicates } = distribution;
  const { chatType, text, attachments, sender, allowSelect } = template;
  const areGroups = chatType === "group";
  const msgid = world.ids.next("msg", 30);
  const willing = willingMembers([...byMember.keys()], world.confirm.share);
  const staff = [...byMember].map(([userid, recipients]): StaffTask => {
    const waiting = { msgid, corpId: corp.corpId, userid, createdAt: now, recipients: recipients.length, text };
    const { afterMs } = world.confirm;
    const after = !willing.has(userid) ? "never" : typeof afterMs === "function" ? afterMs(waiting) : afterMs;
    const dueAt = after === "never" ? Number.POSITIVE_INFINITY : now + Math.max(after, world.dispatchingMs);
    const status = new Uint8Array(recipients.length);
    return {
      userid,
      recipients,
      areGroups,
      status,
      dueAt,
      confirmedAt: undefined,
      counts: [recipients.length, 0, 0, 0],
    };
  });
  const details = { text, attachments, sender, allowSelect, failList, duplicates, staff, remindedAt: [] };
  const task: Task = { msgid, corp, chatType, createdAt: now, ...details, cancelledAt: undefined };
  corp.tasks.push(task);
  corp.tasksById.set(msgid, task);
  for (const staffTask of staff) {
    if (Number.isFinite(staffTask.dueAt)) world.pending.push({ task, staffTask });
  }
  return task;
}
