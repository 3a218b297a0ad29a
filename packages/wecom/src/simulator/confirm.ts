import { stableHash } from "./hash.js";
import type { Corp, StaffTask, Task, World } from "./state.js";

/**
 * Carries out every confirmation that has come due, in the order of its time and at that time, so that
 * the outcome does not depend on when somebody looks. Called before each read and each change.
 */
export function settle(world: World, now = world.now()): void {
  const due = world.pending.filter(({ staffTask }) => staffTask.dueAt <= now);
  if (due.length === 0) return;
  world.pending = world.pending.filter(({ staffTask }) => staffTask.dueAt > now);
  // Array sort is stable: equal times keep the order of creation.
  due.sort((a, b) => a.staffTask.dueAt - b.staffTask.dueAt);
  for (const { task, staffTask } of due) confirmStaffTask(task, staffTask, staffTask.dueAt);
}

/**
 * One member presses "send": each customer becomes 1 sent, 2 not a friend any more, or 3 over the cap.
 * Nothing happens for a cancelled task or a second time.
 *
 * @param selection the customers that the member left selected; default: all
 * @returns how many customers received the message just now
 */
function confirmStaffTask(task: Task, staffTask: StaffTask, at: number, selection?: ReadonlySet<string>): number {
  if (task.cancelledAt !== undefined || staffTask.confirmedAt !== undefined) return 0;
  const { corp } = task;
  const { recipients, status, counts, userid } = staffTask;
  staffTask.confirmedAt = at;
  for (const [index, id] of recipients.entries()) {
    if (selection !== undefined && !selection.has(id)) continue;
    const outcome = staffTask.areGroups ? groupOutcome(corp, id, at) : outcomeFor(corp, id, userid, at);
    status[index] = outcome;
    counts[outcome] += 1;
    counts[0] -= 1;
  }
  return counts[1];
}

/**
 * Members of a task press "send" now: one of them, or all who have not yet.
 *
 * @param selection customers left selected; only for a task made with `allow_select`
 * @returns how many customers received the message
 * @throws {RangeError} for an unknown or cancelled task, a member without a part in it, or a selection not allowed
 */
export function confirmTask(world: World, msgid: string, userid?: string, selection?: Iterable<string>): number {
  const now = world.now();
  settle(world, now);
  const task = [...world.corps.values()]
    .map(({ tasksById }) => tasksById.get(msgid))
    .find((found) => found !== undefined);
  if (task === undefined) throw new RangeError(`confirm: unknown msgid ${msgid}`);
  if (task.cancelledAt !== undefined) throw new RangeError(`confirm: ${msgid} is cancelled`);
  if (selection !== undefined && !task.allowSelect)
    throw new RangeError(`confirm: ${msgid} was made without allow_select`);
  const members = task.staff.filter((member) => userid === undefined || member.userid === userid);
  if (members.length === 0) throw new RangeError(`confirm: ${userid} has no part in ${msgid}`);
  const selected = selection === undefined ? undefined : new Set(selection);
  return members.reduce((sent, member) => sent + confirmStaffTask(task, member, now, selected), 0);
}

/** Every member of every open task presses "send" now; returns how many customers received a message. */
export function confirmAll(world: World): number {
  const now = world.now();
  settle(world, now);
  let sent = 0;
  for (const { tasks } of world.corps.values()) {
    for (const task of tasks) {
      for (const member of task.staff) sent += confirmStaffTask(task, member, now);
    }
  }
  return sent;
}

/** The members of a task who will confirm by themselves under `confirm.share`: a fixed choice by userid. */
export function willingMembers(userids: readonly string[], share: number): ReadonlySet<string> {
  const ranked = userids.map((userid) => ({ userid, rank: stableHash(`confirm|${userid}`) }));
  ranked.sort((a, b) => a.rank - b.rank || (a.userid < b.userid ? -1 : 1));
  return new Set(ranked.slice(0, Math.round(share * ranked.length)).map(({ userid }) => userid));
}

/** A group has a cap as a customer has. */
function groupOutcome(corp: Corp, chatId: string, at: number): 1 | 3 {
  return corp.received.take(chatId, at) ? 1 : 3;
}

function outcomeFor(corp: Corp, externalUserid: string, userid: string, at: number): 1 | 2 | 3 {
  if (!corp.customers.followersOf(externalUserid).includes(userid)) return 2;
  return corp.received.take(externalUserid, at) ? 1 : 3;
}
