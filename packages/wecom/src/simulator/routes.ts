import type { AuthorizedCall, Call } from "./call.js";
import { addMsgTemplate, cancelGroupMsgSend, remindGroupMsgSend } from "./mass-message.js";
import { maxUploadBytes, uploadImage, uploadMedia } from "./media.js";
import { getGroupMsgList, getGroupMsgSendResult, getGroupMsgTask } from "./results.js";
import { sendToStaff } from "./staff-message.js";
import { authorize, getToken } from "./token.js";

/** One provider call: how it is reached and what it does. */
export interface Route {
  readonly method: "GET" | "POST";
  readonly maxBytes: number;
  /** Fields of the success reply besides `errcode` and `errmsg`; @throws {RefusedCall} for any other answer. */
  run(call: Call): Record<string, unknown>;
}

const maxJsonBytes = 10 * 1024 * 1024;

/** The calls that the simulator knows, by path. */
export const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ["/cgi-bin/gettoken", { method: "GET", maxBytes: maxJsonBytes, run: getToken }],
  ["/cgi-bin/media/upload", authorized(uploadMedia, maxUploadBytes)],
  ["/cgi-bin/media/uploadimg", authorized(uploadImage, maxUploadBytes)],
  ["/cgi-bin/externalcontact/add_msg_template", authorized(addMsgTemplate)],
  ["/cgi-bin/externalcontact/get_groupmsg_list_v2", authorized(getGroupMsgList)],
  ["/cgi-bin/externalcontact/get_groupmsg_task", authorized(getGroupMsgTask)],
  ["/cgi-bin/externalcontact/get_groupmsg_send_result", authorized(getGroupMsgSendResult)],
  ["/cgi-bin/externalcontact/cancel_groupmsg_send", authorized(cancelGroupMsgSend)],
  ["/cgi-bin/externalcontact/remind_groupmsg_send", authorized(remindGroupMsgSend)],
  ["/cgi-bin/message/send", authorized(sendToStaff)],
]);

function authorized(run: (call: AuthorizedCall) => Record<string, unknown>, maxBytes = maxJsonBytes): Route {
  return {
    method: "POST",
    maxBytes,
    run: (call) => run({ ...call, app: authorize(call.world, call.query, call.now) }),
  };
}
