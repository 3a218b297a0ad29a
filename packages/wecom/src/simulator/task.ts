import { type Fields, optionalText } from "./call.js";
import { RefusedCall } from "./errors.js";
import type { Corp, Task } from "./state.js";

/** The corp's task that a body's `msgid` names; @throws {RefusedCall} 41046 missing, 41047 unknown. */
export function findTask(corp: Corp, fields: Fields): Task {
  const msgid = optionalText(fields, "msgid");
  if (msgid === undefined) throw new RefusedCall(41046);
  const task = corp.tasksById.get(msgid);
  if (task === undefined) throw new RefusedCall(41047);
  return task;
}
