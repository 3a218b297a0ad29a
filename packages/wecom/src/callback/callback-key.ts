import { hash } from "node:crypto";
import { childText, type XmlElement } from "./xml.js";

/**
 * Key of a callback, 64 hexadecimal digits: the same when it is told again, whatever the address of the new request says.
 *
 * It is made of the whole message. The documented keys are not unique: all events of external contacts come from `sys`, and
 * many of them within one second.
 */
export function callbackKey(receiveId: string, xml: XmlElement, message: string): string {
  const from = childText(xml, "MsgId") ?? childText(xml, "FromUserName") ?? "";
  const names = ["CreateTime", "Event", "ChangeType"].map((name) => childText(xml, name) ?? "");
  return hash("sha256", JSON.stringify([receiveId, from, ...names, message]));
}
