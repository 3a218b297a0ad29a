import type { CallbackFacts } from "../callback/events.js";
import { readFacts, someOf } from "../callback/read-facts.js";
import { readMessage } from "../callback/read-message.js";
import { childText, type XmlElement } from "../callback/xml.js";
import type { FollowerEvent, OfficialAccountCallback, SentEvent } from "./events.js";

/** What a callback of an official account tells; undefined when it is none. */
export function readAccountEvent(xml: XmlElement): OfficialAccountCallback | undefined {
  const facts = readFacts(xml);
  const messageType = childText(xml, "MsgType");
  if (facts === undefined || messageType === undefined) return undefined;
  const known =
    messageType === "event" ? (readSent(xml, facts) ?? readFollower(xml, facts)) : readMessage(asVideo(xml), facts);
  return known ?? { ...facts, kind: "other", messageType, ...someOf(xml, { event: "Event" }) };
}

function readFollower(xml: XmlElement, facts: CallbackFacts): FollowerEvent | undefined {
  const { eventKey = "", ticket } = someOf(xml, { eventKey: "EventKey", ticket: "Ticket" });
  const withTicket = ticket !== undefined && { ticket };
  switch (childText(xml, "Event")) {
    case "subscribe": {
      const sceneKey = eventKey.replace(/^qrscene_/, "");
      return { ...facts, kind: "subscribe", ...(sceneKey && { sceneKey }), ...withTicket };
    }
    case "unsubscribe":
      return { ...facts, kind: "unsubscribe" };
    case "SCAN":
      return { ...facts, kind: "scan", sceneKey: eventKey, ...withTicket };
    case "CLICK":
      return { ...facts, kind: "click", eventKey };
    case "VIEW":
      return { ...facts, kind: "view", eventKey };
    default:
      return undefined;
  }
}

function readSent(xml: XmlElement, facts: CallbackFacts): SentEvent | undefined {
  const event = childText(xml, "Event");
  // Both spellings are in use.
  const messageId = childText(xml, "MsgID") ?? childText(xml, "MsgId");
  const status = childText(xml, "Status") ?? "";
  if (messageId === undefined) return undefined;
  if (event === "TEMPLATESENDJOBFINISH") {
    const isDelivered = status === "success";
    // `failed:user block` and `failed: system failed` differ in their blanks.
    const reason = isDelivered ? null : status.replace(/^failed:\s*/, "");
    return { ...facts, kind: "template_sent", messageId, isDelivered, reason };
  }
  if (event !== "MASSSENDJOBFINISH") return undefined;
  const count = (name: string) => Number.parseInt(childText(xml, name) ?? "", 10) || 0;
  return {
    ...facts,
    kind: "mass_sent",
    messageId,
    status,
    total: count("TotalCount"),
    filtered: count("FilterCount"),
    sent: count("SentCount"),
    failed: count("ErrorCount"),
  };
}

/** Short videos have the fields of videos. */
function asVideo(xml: XmlElement): XmlElement {
  if (childText(xml, "MsgType") !== "shortvideo") return xml;
  const children = xml.children.map((child) => (child.name === "MsgType" ? { ...child, text: "video" } : child));
  return { ...xml, children };
}
