import type {
  CallbackFacts,
  ContactEvent,
  GroupChatEvent,
  MemberEvent,
  NewsEvent,
  TagEvent,
  WecomCallback,
} from "./events.js";
import { allOf, readFacts, someOf } from "./read-facts.js";
import { readMessage } from "./read-message.js";
import { childText, type XmlElement } from "./xml.js";

/** What a decrypted callback tells; undefined when it is none at all. Kinds that are not known here are kept as `other`. */
export function readEvent(xml: XmlElement): WecomCallback | undefined {
  const facts = readFacts(xml);
  const messageType = childText(xml, "MsgType");
  if (facts === undefined || messageType === undefined) return undefined;
  const known = messageType === "event" ? readKnownEvent(xml, facts) : readMessage(xml, facts);
  const names = someOf(xml, { event: "Event", changeType: "ChangeType" });
  return known ?? { ...facts, kind: "other", messageType, ...names };
}

function readKnownEvent(xml: XmlElement, facts: CallbackFacts): WecomCallback | undefined {
  switch (childText(xml, "Event")) {
    case "change_external_contact":
      return readContactEvent(xml, facts);
    case "change_external_chat":
      return readGroupChatEvent(xml, facts);
    case "change_external_tag":
      return readTagEvent(xml, facts);
    default:
      return readNews(xml, facts) ?? readMemberEvent(xml, facts);
  }
}

function readContactEvent(xml: XmlElement, facts: CallbackFacts): ContactEvent | undefined {
  const relation = allOf(xml, { userId: "UserID", externalUserId: "ExternalUserID" });
  if (relation === undefined) return undefined;
  const known = { ...facts, ...relation };
  const kind = childText(xml, "ChangeType");
  switch (kind) {
    case "add_external_contact":
    case "add_half_external_contact":
      return { ...known, kind, ...someOf(xml, { state: "State", welcomeCode: "WelcomeCode" }) };
    case "del_external_contact":
      return { ...known, kind, ...someOf(xml, { source: "Source" }) };
    case "edit_external_contact":
    case "del_follow_user":
      return { ...known, kind };
    case "transfer_fail":
      return { ...known, kind, failReason: childText(xml, "FailReason") ?? "" };
    case "msg_audit_approved":
      return { ...known, kind, ...someOf(xml, { welcomeCode: "WelcomeCode" }) };
    default:
      return undefined;
  }
}

function readGroupChatEvent(xml: XmlElement, facts: CallbackFacts): GroupChatEvent | undefined {
  const chat = allOf(xml, { chatId: "ChatId" });
  if (chat === undefined) return undefined;
  switch (childText(xml, "ChangeType")) {
    case "create":
      return { ...facts, ...chat, kind: "chat_create" };
    case "dismiss":
      return { ...facts, ...chat, kind: "chat_dismiss" };
    case "update": {
      const list = xml.children.find(({ name }) => name === "MemChangeList");
      return {
        ...facts,
        ...chat,
        kind: "chat_update",
        updateDetail: childText(xml, "UpdateDetail") ?? "",
        members: list?.children.filter(({ name }) => name === "Item").map(({ text }) => text.trim()) ?? [],
        ...someOf(xml, { lastMemberVersion: "LastMemVer", currentMemberVersion: "CurMemVer" }),
      };
    }
    default:
      return undefined;
  }
}

const TAG_CHANGES = { create: "tag_create", update: "tag_update", delete: "tag_delete" } as const;

function readTagEvent(xml: XmlElement, facts: CallbackFacts): TagEvent | undefined {
  const change = childText(xml, "ChangeType");
  if (change === "shuffle") return { ...facts, kind: "tag_shuffle", ...someOf(xml, { id: "Id" }) };
  const tag = allOf(xml, { id: "Id", tagType: "TagType" });
  if (tag === undefined || (tag.tagType !== "tag" && tag.tagType !== "tag_group")) return undefined;
  if (change !== "create" && change !== "update" && change !== "delete") return undefined;
  return { ...facts, kind: TAG_CHANGES[change], id: tag.id, tagType: tag.tagType };
}

function readNews(xml: XmlElement, facts: CallbackFacts): NewsEvent | undefined {
  const event = childText(xml, "Event");
  if (event === "msgaudit_notify") return { ...facts, kind: event };
  if (event !== "kf_msg_or_event") return undefined;
  const news = allOf(xml, { openKfId: "OpenKfId", token: "Token" });
  return news && { ...facts, kind: event, ...news };
}

function readMemberEvent(xml: XmlElement, facts: CallbackFacts): MemberEvent | undefined {
  const event = childText(xml, "Event");
  const eventKey = childText(xml, "EventKey") ?? "";
  switch (event) {
    case "subscribe":
    case "unsubscribe":
    case "enter_agent":
      return { ...facts, kind: event };
    case "click":
    case "view":
      return { ...facts, kind: event, eventKey };
    case "template_card_event": {
      const card = allOf(xml, { taskId: "TaskId" });
      return card && { ...facts, kind: event, ...card, eventKey, responseCode: childText(xml, "ResponseCode") ?? "" };
    }
    default:
      return undefined;
  }
}
