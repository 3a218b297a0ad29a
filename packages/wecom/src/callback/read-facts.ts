import type { CallbackFacts } from "./events.js";
import { childText, type XmlElement } from "./xml.js";

const SECONDS = /^\d{1,11}$/;

/** @see https://developer.work.weixin.qq.com/document/path/94670 */
const KF_NEWS = "kf_msg_or_event";

/** What all callbacks tell; undefined when it is missing, so that this is none. */
export function readFacts(xml: XmlElement): CallbackFacts | undefined {
  const toUserName = childText(xml, "ToUserName");
  // News of customer service come from nobody; all other messages have a sender.
  const nobody = childText(xml, "Event") === KF_NEWS ? "sys" : undefined;
  const fromUserName = childText(xml, "FromUserName") ?? nobody;
  const seconds = childText(xml, "CreateTime") ?? "";
  if (toUserName === undefined || fromUserName === undefined || !SECONDS.test(seconds)) return undefined;
  const agentId = childText(xml, "AgentID");
  return {
    toUserName,
    fromUserName,
    createdAt: Number(seconds) * 1000,
    ...(agentId !== undefined && { agentId }),
    fields: Object.fromEntries(xml.children.map(({ name, text }) => [name, text])),
  };
}

/** The fields named, under names of our own; undefined when one of them is missing or empty. */
export function allOf<Names extends Readonly<Record<string, string>>>(
  xml: XmlElement,
  names: Names,
): { readonly [Name in keyof Names]: string } | undefined {
  const found: { [Name in keyof Names]?: string } = {};
  for (const name in names) {
    const text = childText(xml, names[name] ?? "");
    if (text === undefined) return undefined;
    found[name] = text;
  }
  // Every name has got a text above.
  return found as { readonly [Name in keyof Names]: string };
}

/** Those of the fields named that are there, under names of our own. */
export function someOf<Names extends Readonly<Record<string, string>>>(
  xml: XmlElement,
  names: Names,
): { readonly [Name in keyof Names]?: string } {
  const found: { [Name in keyof Names]?: string } = {};
  for (const name in names) {
    const text = childText(xml, names[name] ?? "");
    if (text !== undefined) found[name] = text;
  }
  return found;
}
