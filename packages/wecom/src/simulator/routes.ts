import { sendByBot, uploadByBot } from "./bot.js";
import type { AuthorizedCall, Call } from "./call.js";
import {
  addContactWay,
  closeTempChat,
  delContactWay,
  getContactWay,
  listContactWay,
  updateContactWay,
} from "./contact-ways.js";
import {
  batchGetByUser,
  convertToOpenid,
  getContact,
  getFollowUserList,
  listContacts,
  remarkContact,
} from "./contacts.js";
import { RefusedCall } from "./errors.js";
import { getKfCustomers, listKfAccounts, sendKfMsg, syncKfMsg } from "./kf.js";
import { getServiceState, sendKfMsgOnEvent, transferService } from "./kf-sessions.js";
import { addMsgTemplate, cancelGroupMsgSend, remindGroupMsgSend } from "./mass-message.js";
import { getMedia, maxUploadBytes, uploadAttachment, uploadImage, uploadMedia } from "./media.js";
import { getGroupMsgList, getGroupMsgSendResult, getGroupMsgTask } from "./results.js";
import { getAppTicket, getCorpTicket, getUserInfo } from "./sidebar.js";
import { recallMessage, sendToStaff } from "./staff-message.js";
import { addCorpTag, delCorpTag, editCorpTag, getCorpTagList, markTag } from "./tags.js";
import { authorize, getToken } from "./token.js";
import { sendWelcomeMsg } from "./welcome.js";

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
  ["/cgi-bin/media/upload", authorized(uploadMedia, "POST", maxUploadBytes)],
  ["/cgi-bin/media/upload_attachment", authorized(uploadAttachment, "POST", maxUploadBytes)],
  ["/cgi-bin/media/uploadimg", authorized(uploadImage, "POST", maxUploadBytes)],
  ["/cgi-bin/media/get", authorized(getMedia, "GET")],
  ["/cgi-bin/externalcontact/add_msg_template", authorized(addMsgTemplate)],
  ["/cgi-bin/externalcontact/get_groupmsg_list_v2", authorized(getGroupMsgList)],
  ["/cgi-bin/externalcontact/get_groupmsg_task", authorized(getGroupMsgTask)],
  ["/cgi-bin/externalcontact/get_groupmsg_send_result", authorized(getGroupMsgSendResult)],
  ["/cgi-bin/externalcontact/cancel_groupmsg_send", authorized(cancelGroupMsgSend)],
  ["/cgi-bin/externalcontact/remind_groupmsg_send", authorized(remindGroupMsgSend)],
  ["/cgi-bin/externalcontact/get_follow_user_list", authorized(getFollowUserList, "GET")],
  ["/cgi-bin/externalcontact/list", authorized(listContacts, "GET")],
  ["/cgi-bin/externalcontact/get", authorized(getContact, "GET")],
  ["/cgi-bin/externalcontact/batch/get_by_user", authorized(batchGetByUser)],
  ["/cgi-bin/externalcontact/remark", authorized(remarkContact)],
  ["/cgi-bin/externalcontact/convert_to_openid", authorized(convertToOpenid)],
  ["/cgi-bin/externalcontact/get_corp_tag_list", authorized(getCorpTagList)],
  ["/cgi-bin/externalcontact/add_corp_tag", authorized(addCorpTag)],
  ["/cgi-bin/externalcontact/edit_corp_tag", authorized(editCorpTag)],
  ["/cgi-bin/externalcontact/del_corp_tag", authorized(delCorpTag)],
  ["/cgi-bin/externalcontact/mark_tag", authorized(markTag)],
  ["/cgi-bin/externalcontact/send_welcome_msg", authorized(sendWelcomeMsg)],
  ["/cgi-bin/externalcontact/add_contact_way", authorized(addContactWay)],
  ["/cgi-bin/externalcontact/get_contact_way", authorized(getContactWay)],
  ["/cgi-bin/externalcontact/list_contact_way", authorized(listContactWay)],
  ["/cgi-bin/externalcontact/update_contact_way", authorized(updateContactWay)],
  ["/cgi-bin/externalcontact/del_contact_way", authorized(delContactWay)],
  ["/cgi-bin/externalcontact/close_temp_chat", authorized(closeTempChat)],
  ["/cgi-bin/get_jsapi_ticket", authorized(getCorpTicket, "GET")],
  ["/cgi-bin/ticket/get", authorized(getAppTicket, "GET")],
  ["/cgi-bin/auth/getuserinfo", authorized(getUserInfo, "GET")],
  ["/cgi-bin/message/send", authorized(sendToStaff)],
  ["/cgi-bin/message/recall", authorized(recallMessage)],
  ["/cgi-bin/getcallbackip", authorized(() => ({ ip_list: ["127.0.0.1"] }), "GET")],
  ["/cgi-bin/kf/account/list", authorized(listKfAccounts)],
  ["/cgi-bin/kf/sync_msg", authorized(syncKfMsg)],
  ["/cgi-bin/kf/send_msg", authorized(sendKfMsg)],
  ["/cgi-bin/kf/send_msg_on_event", authorized(sendKfMsgOnEvent)],
  ["/cgi-bin/kf/service_state/get", authorized(getServiceState)],
  ["/cgi-bin/kf/service_state/trans", authorized(transferService)],
  ["/cgi-bin/kf/customer/batchget", authorized(getKfCustomers)],
  ["/cgi-bin/webhook/send", { method: "POST", maxBytes: maxJsonBytes, run: sendByBot }],
  ["/cgi-bin/webhook/upload_media", { method: "POST", maxBytes: maxUploadBytes, run: uploadByBot }],
]);

function authorized(
  run: (call: AuthorizedCall) => Record<string, unknown>,
  method: "GET" | "POST" = "POST",
  maxBytes = maxJsonBytes,
): Route {
  return {
    method,
    maxBytes,
    run(call) {
      const { world, query, path, ip, now } = call;
      const app = authorize(world, query, now);
      if (app.trustedIps !== undefined && !app.trustedIps.includes(ip)) {
        throw new RefusedCall(60020, "not allow to access from your ip");
      }
      if (!app.isCallable && path.startsWith("/cgi-bin/externalcontact/")) throw new RefusedCall(48002);
      world.quota.take(app.corp.corpId, path, now);
      return run({ ...call, app });
    },
  };
}
