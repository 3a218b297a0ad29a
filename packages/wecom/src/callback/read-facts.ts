import * as z from "zod";
import type { CallbackFacts } from "./events.js";
import { childText, type XmlElement } from "./xml.js";

const seconds = z
  .string()
  .regex(/^\d{1,11}$/)
  .transform((digits) => Number(digits) * 1000);

/** @see https://developer.work.weixin.qq.com/document/path/94670 */
const KF_NEWS = "kf_msg_or_event";

/** What all callbacks tell; undefined when it is missing, so that this is none. */
export function readFacts(xml: XmlElement): CallbackFacts | undefined {
  const toUserName = childText(xml, "ToUserName");
  // News of customer service come from nobody; all other messages have a sender.
  const nobody = childText(xml, "Event") === KF_NEWS ? "sys" : undefined;
  const fromUserName = childText(xml, "FromUserName") ?? nobody;
  const createdAt = seconds.safeParse(childText(xml, "CreateTime"));
  if (toUserName === undefined || fromUserName === undefined || !createdAt.success) return undefined;
  const agentId = childText(xml, "AgentID");
  return {
    toUserName,
    fromUserName,
    createdAt: createdAt.data,
    ...(agentId !== undefined && { agentId }),
    fields: Object.fromEntries(xml.children.map(({ name, text }) => [name, text])),
  };
}

/** The fields named, under names of our own; undefined when one of them is missing or empty. */
export function allOf<Names extends Readonly<Record<string, string>>>(
  xml: XmlElement,
  names: Names,
): { readonly [Name in keyof Names]: string } | undefined {
  const found = Object.entries(names).map(([ours, theirs]) => [ours, childText(xml, theirs)] as const);
  if (found.some(([, text]) => text === undefined)) return undefined;
  // Every name has got a text above.
  return Object.fromEntries(found) as { readonly [Name in keyof Names]: string };
}

/** Those of the fields named that are there, under names of our own. */
export function someOf<Names extends Readonly<Record<string, string>>>(
  xml: XmlElement,
  names: Names,
): { readonly [Name in keyof Names]?: string } {
  const found = Object.entries(names).map(([ours, theirs]) => [ours, childText(xml, theirs)] as const);
  // Only names that were asked for are in it.
  return Object.fromEntries(found.filter(([, text]) => text !== undefined)) as {
    readonly [Name in keyof Names]?: string;
  };
}
