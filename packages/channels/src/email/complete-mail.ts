import { escapeMarkup, type Recipient } from "@recallkit/core/ports";
import { contentOf } from "./email-content.js";
import type { EmailSettings } from "./email-options.js";
import { domainOf, taggedAddress } from "./mail-address.js";
import { type Unsubscribe, unsubscribeHeaders, unsubscribeOf } from "./unsubscribe.js";

/** A mail as its reader gets it, with the sender named and the way to refuse. */
export interface CompleteMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | undefined;
  readonly messageId: string;
  /** Names the mail in bounces and in requests to unsubscribe: `<marker>.<tenant>`. */
  readonly token: string;
  readonly envelopeFrom: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly unsubscribe: Unsubscribe;
}

/** What the channel makes of a person's content. */
export function completeMail(settings: EmailSettings, tenantId: number, recipient: Recipient): CompleteMail {
  const { from, bounceAddress, unsubscribeAddress, sender } = settings;
  const { subject, text, html } = contentOf(recipient.content);
  const token = `${recipient.marker.toLowerCase()}.${tenantId}`;
  const unsubscribe = unsubscribeOf(recipient.values.unsubscribe_link, unsubscribeAddress, token);
  const footer = { sender, way: settings.messageClass === "marketing" ? unsubscribe : {} };
  return {
    to: recipient.address,
    // A value may bring a line break along, which would begin another header.
    subject: subject.replace(/[\p{Cc}\u2028\u2029]+/gu, " "),
    text: withFooter(text, footer),
    html: html === undefined ? undefined : page(html, footer),
    // The same in all attempts, so that mailboxes can tell doubles.
    messageId: `<${token}@${domainOf(from.address)}>`,
    token,
    envelopeFrom: bounceAddress === undefined ? from.address : taggedAddress(bounceAddress, token),
    headers: unsubscribeHeaders(unsubscribe),
    unsubscribe,
  };
}

/** What stands below a mail. */
interface Footer {
  readonly sender: EmailSettings["sender"];
  readonly way: Unsubscribe;
}

/** Parts of the footer that a body does not say itself. */
function missingIn(body: string, { sender, way }: Footer, written: (text: string) => string) {
  const target = way.link ?? way.mailto;
  const has = (text: string) => body.includes(written(text));
  return {
    sender: has(sender.name) && has(sender.contact) ? undefined : `${sender.name} · ${sender.contact}`,
    target: target === undefined || has(target) ? undefined : target,
  };
}

function withFooter(text: string, footer: Footer): string {
  const { sender, target } = missingIn(text, footer, (part) => part);
  const lines = [...(sender ? [sender] : []), ...(target ? [`退订 Unsubscribe: ${target}`] : [])];
  return lines.length === 0 ? text : `${text.trimEnd()}\n\n-- \n${lines.join("\n")}\n`;
}

/** A fragment becomes a page; the footer stands at the end of either. */
function page(html: string, footer: Footer): string {
  const { sender, target } = missingIn(html, footer, escapeMarkup);
  const parts = [
    ...(sender ? [escapeMarkup(sender)] : []),
    ...(target ? [`<a href="${escapeMarkup(target)}" style="color:#6b7280">退订 Unsubscribe</a>`] : []),
  ];
  const end =
    parts.length === 0
      ? ""
      : `<p style="margin:32px 0 0;padding-top:12px;border-top:1px solid #d6d9de;color:#6b7280;font-size:12px;line-height:1.6">${parts.join("<br>")}</p>`;
  const at = html.search(/<\/body\s*>/i);
  if (at >= 0) return html.slice(0, at) + end + html.slice(at);
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head><body style="margin:0;padding:16px;font-family:system-ui,sans-serif">${html}${end}</body></html>`;
}
