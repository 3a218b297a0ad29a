import type { Confirmation, DeliveryReport } from "@recallkit/core/ports";
import { isRefusal } from "./call-errors.js";
import type { WecomClient } from "./client.js";
import { NOT_READY } from "./error-map.js";
import type { GroupMessageResult } from "./mass-message/answers.js";

/**
 * What became of a task's customers, member by member, as far as WeCom knows; nothing while the task is being dispatched.
 *
 * @see https://developer.work.weixin.qq.com/document/path/93338
 */
export async function* deliveryReports(
  client: WecomClient,
  msgid: string,
  signal: AbortSignal,
): AsyncGenerator<readonly DeliveryReport[], void, undefined> {
  try {
    for await (const tasks of client.getGroupmsgTask(msgid, { signal })) {
      for (const { userid } of tasks) {
        for await (const rows of client.getGroupmsgSendResult(msgid, userid, { signal })) yield rows.flatMap(reportOf);
      }
    }
  } catch (error) {
    if (!isRefusal(error, NOT_READY)) throw error;
  }
}

/** Who of the staff has confirmed a task; nobody while it is being dispatched. */
export async function* confirmationsOf(
  client: WecomClient,
  msgid: string,
  signal: AbortSignal,
): AsyncGenerator<readonly Confirmation[], void, undefined> {
  try {
    for await (const tasks of client.getGroupmsgTask(msgid, { signal })) {
      yield tasks.map(({ userid, status, send_time }) => ({
        staff: userid,
        isConfirmed: status === 2,
        confirmedAt: status === 2 && send_time ? send_time * 1000 : null,
      }));
    }
  } catch (error) {
    if (!isRefusal(error, NOT_READY)) throw error;
  }
}

/** At most one report; rows without a customer belong to customer groups. */
function reportOf({ external_userid: address, status, send_time }: GroupMessageResult): readonly DeliveryReport[] {
  if (!address) return [];
  switch (status) {
    case 1:
      return [{ address, kind: "delivered", ...(send_time && { at: send_time * 1000 }) }];
    case 2:
      return [{ address, kind: "not_delivered", reason: "not_a_friend" }];
    case 3:
      return [{ address, kind: "not_delivered", reason: "provider_quota" }];
    default:
      return [{ address, kind: "pending" }];
  }
}
