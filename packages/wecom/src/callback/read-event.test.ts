import { expect, test } from "vitest";
import { readEvent } from "./read-event.js";
import { cdata, readXml } from "./xml.js";

const contact = { UserID: "zhangsan", ExternalUserID: "woAJ2GCAAAXtWyujaWJHDDGi0mACAAAA" };
const relation = { userId: contact.UserID, externalUserId: contact.ExternalUserID };

test("tells what happened between a member and a contact", () => {
  expect(contactEvent("add_external_contact", { State: "007", WelcomeCode: "W1" })).toMatchObject({
    kind: "add_external_contact",
    toUserName: "ww1",
    fromUserName: "sys",
    createdAt: 1_403_610_513_000,
    state: "007",
    welcomeCode: "W1",
    ...relation,
  });
  expect(contactEvent("add_half_external_contact")).toMatchObject({ kind: "add_half_external_contact", ...relation });
  expect(contactEvent("edit_external_contact")).toMatchObject({ kind: "edit_external_contact", ...relation });
  expect(contactEvent("del_external_contact", { Source: "DELETE_BY_TRANSFER" })).toMatchObject({
    kind: "del_external_contact",
    source: "DELETE_BY_TRANSFER",
  });
  expect(contactEvent("del_follow_user")).toMatchObject({ kind: "del_follow_user", ...relation });
  expect(contactEvent("transfer_fail", { FailReason: "customer_refused" })).toMatchObject({
    kind: "transfer_fail",
    failReason: "customer_refused",
  });
  expect(contactEvent("msg_audit_approved")).toMatchObject({ kind: "msg_audit_approved", ...relation });
});

test("leaves out what an event does not have", () => {
  expect(contactEvent("add_external_contact")).not.toHaveProperty("welcomeCode");
});

test("tells who came to a customer group and what happened to tags", () => {
  const chat = { Event: "change_external_chat", ChatId: "wr1" };
  const update = event({ ...chat, ChangeType: "update", UpdateDetail: "add_member", LastMemVer: "a", CurMemVer: "b" }, [
    "wm1",
    "wm2",
  ]);
  expect(update).toMatchObject({
    kind: "chat_update",
    chatId: "wr1",
    updateDetail: "add_member",
    members: ["wm1", "wm2"],
    lastMemberVersion: "a",
    currentMemberVersion: "b",
  });
  expect(event({ ...chat, ChangeType: "dismiss" })).toMatchObject({ kind: "chat_dismiss", chatId: "wr1" });
  const tag = { Event: "change_external_tag", Id: "et1", TagType: "tag_group" };
  expect(event({ ...tag, ChangeType: "delete" })).toMatchObject({
    kind: "tag_delete",
    id: "et1",
    tagType: "tag_group",
  });
  expect(event({ Event: "change_external_tag", ChangeType: "shuffle" })).toMatchObject({ kind: "tag_shuffle" });
});

test("tells what members write, with ids of 64 bits as they are", () => {
  const message = { MsgType: "text", FromUserName: "zhangsan", MsgId: "4561255354251345929", AgentID: "218" };
  expect(event({ ...message, Content: "hello" })).toMatchObject({
    kind: "text",
    content: "hello",
    messageId: "4561255354251345929",
    agentId: "218",
  });
  const place = { ...message, MsgType: "location", Location_X: "23.134", Location_Y: "113.358", Scale: "20" };
  expect(event({ ...place, Label: "广州" })).toMatchObject({ kind: "location", latitude: 23.134, label: "广州" });
  expect(event({ MsgType: "event", Event: "enter_agent" })).toMatchObject({ kind: "enter_agent" });
  const card = { MsgType: "event", Event: "template_card_event", TaskId: "t1", EventKey: "yes", ResponseCode: "r" };
  expect(event(card)).toMatchObject({ kind: "template_card_event", taskId: "t1", eventKey: "yes", responseCode: "r" });
  const news = { Event: "kf_msg_or_event", Token: "T", OpenKfId: "wk1" };
  expect(event(news)).toMatchObject({ kind: "kf_msg_or_event", token: "T", openKfId: "wk1" });
  // WeCom names no sender of these.
  expect(event({ ...news, FromUserName: "" })).toMatchObject({ kind: "kf_msg_or_event", fromUserName: "sys" });
});

test.each([
  ["a kind that is new", { Event: "change_external_contact", ChangeType: "teleported", ...contact }],
  ["an event that is new", { Event: "open_approval_change" }],
  ["a contact event without its contact", { Event: "change_external_contact", ChangeType: "del_follow_user" }],
  ["a tag of no type", { Event: "change_external_tag", ChangeType: "delete", Id: "et1" }],
  ["a message of a new type", { MsgType: "hologram", MsgId: "1" }],
  ["a message without its id", { MsgType: "text", Content: "x" }],
])("keeps %s as other, with its fields", (_what, fields: Record<string, string>) => {
  const other = event(fields);
  expect(other).toMatchObject({ kind: "other", fields });
});

test.each([
  ["a time", { CreateTime: "yesterday" }],
  ["a sender", { FromUserName: "" }],
  ["a type", { MsgType: "" }],
])("is nothing without %s", (_what, fields) => {
  expect(event(fields)).toBeUndefined();
});

function contactEvent(changeType: string, more: Record<string, string> = {}) {
  return event({ Event: "change_external_contact", ChangeType: changeType, ...contact, ...more });
}

function event(fields: Readonly<Record<string, string>>, items: readonly string[] = []) {
  const common = { ToUserName: "ww1", FromUserName: "sys", CreateTime: "1403610513", MsgType: "event" };
  const elements = Object.entries({ ...common, ...fields }).map(([name, text]) => `<${name}>${cdata(text)}</${name}>`);
  const list = items.map((item) => `<Item>${cdata(item)}</Item>`).join("");
  const xml = readXml(`<xml>${elements.join("")}<MemChangeList>${list}</MemChangeList></xml>`);
  return xml && readEvent(xml);
}
