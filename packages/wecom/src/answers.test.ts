import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ChannelError } from "@recallkit/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { createWebhookBot } from "./bot/webhook-bot.js";
import { createWecomClient, type WecomClient } from "./client.js";
import { failureOf, testClock, testTransport } from "./test-rig.js";

const file = { type: "file", filename: "a", contentType: "text/plain", bytes: new Uint8Array(8) } as const;
const text = { msgtype: "text", text: { content: "a" } };
const firstOf = async (pages: AsyncIterable<unknown>) => {
  for await (const page of pages) return page;
  return undefined;
};

/** Every call of the client, by the path that it asks for. */
const CALLS: Readonly<Record<string, (client: WecomClient) => Promise<unknown>>> = {
  "externalcontact/add_msg_template": (c) => c.addMsgTemplate({ external_userid: ["wm1"], text: { content: "a" } }),
  "externalcontact/get_groupmsg_list_v2": (c) =>
    firstOf(c.getGroupmsgList({ chat_type: "single", start_time: 0, end_time: 1 })),
  "externalcontact/get_groupmsg_task": (c) => firstOf(c.getGroupmsgTask("m")),
  "externalcontact/get_groupmsg_send_result": (c) => firstOf(c.getGroupmsgSendResult("m", "u")),
  "externalcontact/cancel_groupmsg_send": (c) => c.cancelGroupmsgSend("m"),
  "externalcontact/remind_groupmsg_send": (c) => c.remindGroupmsgSend("m"),
  "media/upload": (c) => c.mediaUpload(file),
  "media/uploadimg": (c) => c.mediaUploadimg(file),
  "media/upload_attachment": (c) => c.mediaUploadAttachment(file, 1),
  "externalcontact/get_follow_user_list": (c) => c.getFollowUserList(),
  "externalcontact/list": (c) => c.listExternalContacts("u"),
  "externalcontact/get": (c) => c.getExternalContact("wm1"),
  "externalcontact/batch/get_by_user": (c) => firstOf(c.batchGetByUser(["u"])),
  "externalcontact/remark": (c) => c.remarkContact({ userid: "u", external_userid: "wm1", remark: "a" }),
  "externalcontact/convert_to_openid": (c) => c.convertToOpenid("wm1"),
  "externalcontact/get_corp_tag_list": (c) => c.getCorpTagList(),
  "externalcontact/add_corp_tag": (c) => c.addCorpTag({ group_name: "g", tag: [{ name: "t" }] }),
  "externalcontact/edit_corp_tag": (c) => c.editCorpTag({ id: "et1", name: "t" }),
  "externalcontact/del_corp_tag": (c) => c.delCorpTag({ tag_id: ["et1"] }),
  "externalcontact/mark_tag": (c) => c.markTag({ userid: "u", external_userid: "wm1", add_tag: ["et1"] }),
  "externalcontact/send_welcome_msg": (c) => c.sendWelcomeMsg({ welcome_code: "c", text: { content: "a" } }),
  "externalcontact/add_contact_way": (c) => c.addContactWay({ type: 1, scene: 1, user: ["u"] }),
  "externalcontact/get_contact_way": (c) => c.getContactWay("c"),
  "externalcontact/list_contact_way": (c) => firstOf(c.listContactWay()),
  "externalcontact/update_contact_way": (c) => c.updateContactWay({ config_id: "c" }),
  "externalcontact/del_contact_way": (c) => c.delContactWay("c"),
  "externalcontact/close_temp_chat": (c) => c.closeTempChat("u", "wm1"),
  "message/send": (c) => c.messageSend({ touser: "u", agentid: 1, ...text }),
  "message/recall": (c) => c.messageRecall("m"),
  getcallbackip: (c) => c.getCallbackIp(),
  "kf/account/list": (c) => c.kfAccountList(),
  "kf/sync_msg": (c) => firstOf(c.kfSyncMsg({ open_kfid: "wk1" })),
  "kf/send_msg": (c) => c.kfSendMsg({ touser: "wm1", open_kfid: "wk1", ...text }),
  "kf/send_msg_on_event": (c) => c.kfSendMsgOnEvent({ code: "c", ...text }),
  "kf/service_state/get": (c) => c.kfServiceStateGet("wk1", "wm1"),
  "kf/service_state/trans": (c) =>
    c.kfServiceStateTrans({ open_kfid: "wk1", external_userid: "wm1", service_state: 2 }),
  "kf/customer/batchget": (c) => c.kfCustomerBatchget(["wm1"]),
};
/** Lists whose rows may be absent: older servers leave out empty ones. */
const MAY_BE_EMPTY = new Set([
  "externalcontact/get_groupmsg_list_v2",
  "externalcontact/get_groupmsg_task",
  "externalcontact/get_groupmsg_send_result",
  "kf/service_state/trans",
]);

/** A server that answers every call but `gettoken` with one body. */
async function answering(status: number, body: string | Buffer) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "", "http://provider.example").pathname;
    request.resume();
    if (path.endsWith("/gettoken")) return response.end('{"access_token":"t","expires_in":7200}');
    asked.push(path.replace("/cgi-bin/", ""));
    return response.writeHead(status, { "content-type": "text/html" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  // `address()` of a server that listens on TCP is always this object.
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const transport = testTransport();
  return {
    asked,
    client: createWecomClient({ corpId: "ww1", secret: "s", baseUrl, transport, clock: testClock() }),
    bot: createWebhookBot({ key: "k", baseUrl, transport }),
  };
}

describe("createWecomClient: answers that are none", () => {
  test.each([
    ["a page", 200, "<html><body>登录 Wi-Fi</body></html>"],
    ["nothing", 200, ""],
    ["cut JSON", 200, '{"errcode":0,"errmsg":"ok","external_userid":["wm'],
    ["a list", 200, "[]"],
    ["another JSON", 200, '{"hello":"world"}'],
    ["broken UTF-8", 200, Buffer.from([0x7b, 0xff, 0x7d])],
    ["an errcode that is no number", 200, '{"errcode":{},"msgid":"m"}'],
    ["a gateway's error", 502, '{"errcode":0,"errmsg":"ok","msgid":"m"}'],
    ["24 MB", 200, Buffer.alloc(24 * 1024 * 1024, " ")],
  ])("%s is a typed error of every call and never success", async (name, status, body) => {
    const { client, bot, asked } = await answering(status, body);
    const calls = Object.entries(CALLS).filter(([path]) => name !== "another JSON" || !MAY_BE_EMPTY.has(path));
    for (const [path, call] of calls) {
      const error = await failureOf(call(client));
      expect([path, error.effect]).toEqual([path, expect.stringMatching(/^(UNKNOWN|NOT_SENT)$/)]);
    }
    expect(asked).toEqual(calls.map(([path]) => path));
    expect(ChannelError.is(await failureOf(bot.send(text)))).toBe(true);
  });

  test.each([-1, 40014, 45009, 48002, 84061, 123456])(
    "errcode %i is never success, whatever comes with it",
    async (errcode) => {
      const rows = {
        msgid: "m",
        media_id: "3",
        follow_user: ["u"],
        external_userid: ["wm1"],
        tag_group: [],
        fail_list: [],
      };
      const { client } = await answering(200, JSON.stringify({ errcode, errmsg: "x, hint: [42]", ...rows }));
      for (const [path, call] of Object.entries(CALLS)) {
        // A member without customers answers 84061, which is an empty list.
        if (errcode === 84061 && path === "externalcontact/list") continue;
        const { providerCode, traceId } = await failureOf(call(client));
        expect([path, providerCode, traceId]).toEqual([path, String(errcode), "42"]);
      }
    },
  );
});
