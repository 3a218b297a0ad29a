import { type AttachedPart, attachedParts, type WecomContent } from "./content.js";

const PARAMETER = "rk";
// Up to the first character that a chat would not make part of a link; Chinese text often follows without a blank.
const LINK = /https?:\/\/[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+/i;
const SENTENCE_END = /[.,;:!?'")\]]+$/;
const LINK_TO_COME = /\{\{\s*recall_link\s*\}\}/;

/** Whether content has a place for a marker: a card, or a link in the text (also one still to come). */
export function hasMarkerPlace(content: WecomContent): boolean {
  if (attachedParts(content).some(([, part]) => "miniProgram" in part || "link" in part)) return true;
  const text = content.text ?? "";
  return LINK_TO_COME.test(text) || firstLink(text) !== undefined;
}

/**
 * Content with the marker as a query parameter of the first mini-program page, else of the first link card, else of the first
 * link in the text; else unchanged.
 */
export function placeMarker(content: WecomContent, marker: string): WecomContent {
  for (const mark of [markedMiniProgram, markedLink]) {
    const whole = mark(content, marker);
    if (whole !== undefined) return { ...content, ...whole };
    const { attachments = [] } = content;
    const index = attachments.findIndex((part) => mark(part, marker) !== undefined);
    const part = attachments[index];
    const marked = part && mark(part, marker);
    if (marked) return { ...content, attachments: attachments.with(index, marked) };
  }
  const { text } = content;
  const link = text === undefined ? undefined : firstLink(text);
  if (text === undefined || link === undefined) return content;
  const end = link.index + link.url.length;
  return { ...content, text: text.slice(0, link.index) + withParameter(link.url, marker) + text.slice(end) };
}

function markedMiniProgram(part: WecomContent | AttachedPart, marker: string) {
  const miniProgram = "miniProgram" in part ? part.miniProgram : undefined;
  return miniProgram && { miniProgram: { ...miniProgram, page: withParameter(miniProgram.page, marker) } };
}

function markedLink(part: WecomContent | AttachedPart, marker: string) {
  const link = "link" in part ? part.link : undefined;
  return link && { link: { ...link, url: withParameter(link.url, marker) } };
}

/** Whether a listed message carries a marker anywhere, in whatever form WeCom gives its parts back. */
export function carriesMarker(message: Readonly<Record<string, unknown>>, marker: string): boolean {
  return JSON.stringify(message).includes(marker);
}

function firstLink(text: string): { readonly url: string; readonly index: number } | undefined {
  const match = LINK.exec(text);
  if (match === null) return undefined;
  const url = match[0].replace(SENTENCE_END, "");
  return URL.canParse(url) ? { url, index: match.index } : undefined;
}

/** Adds the parameter behind an existing query and before a fragment; nothing else of the address changes. */
function withParameter(address: string, marker: string): string {
  const hash = address.indexOf("#");
  const head = hash < 0 ? address : address.slice(0, hash);
  const fragment = hash < 0 ? "" : address.slice(hash);
  const joint = !head.includes("?") ? "?" : /[?&]$/.test(head) ? "" : "&";
  return `${head}${joint}${PARAMETER}=${marker}${fragment}`;
}
