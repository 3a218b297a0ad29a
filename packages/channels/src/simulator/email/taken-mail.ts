import PostalMime from "postal-mime";
import type { DkimCheck } from "./verify-dkim.js";
import { verifyDkim } from "./verify-dkim.js";

/** A mail that the server took: what its reader would see. */
export interface TakenMail {
  /** Number in the order of arrival, from 1. */
  readonly id: number;
  /** Of the envelope; bounces go there. */
  readonly envelopeFrom: string;
  /** Of the envelope. */
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | undefined;
  readonly messageId: string;
  /** Names in lower case; a repeated header is joined by a line break. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole mail as it came. */
  readonly raw: string;
  /** Undefined where no key to check by was given. */
  readonly dkim: DkimCheck | undefined;
  /** `ENVID` of the envelope; a bounce names it. */
  readonly envelopeId: string | undefined;
  /** Whether the session was encrypted. */
  readonly isEncrypted: boolean;
  /** Epoch ms. */
  readonly takenAt: number;
}

/** What the server knows of a mail beside its bytes. */
export type MailEnvelope = Pick<TakenMail, "id" | "envelopeFrom" | "to" | "envelopeId" | "isEncrypted" | "takenAt">;

/** A mail, or the reply with which a strict server refuses its form. */
export type ReadMail = { readonly mail: TakenMail } | { readonly code: number; readonly status: string };

/** Reads a mail and judges its form. @param publicKey of the signature that it has to have */
export async function readMail(raw: string, envelope: MailEnvelope, publicKey: string | undefined): Promise<ReadMail> {
  const parsed = await PostalMime.parse(Buffer.from(raw, "latin1"));
  const headers: Record<string, string> = {};
  for (const { key, value } of parsed.headers) headers[key] = key in headers ? `${headers[key]}\n${value}` : value;
  const isOnce = (name: string) => headers[name] !== undefined && !headers[name]?.includes("\n");
  const isWhole = ["from", "to", "date", "message-id", "subject"].every(isOnce);
  if (!isWhole || raw.split("\r\n").some((line) => line.length > 998)) return { code: 554, status: "5.6.0" };
  const dkim = publicKey === undefined ? undefined : verifyDkim(raw, publicKey);
  if (dkim?.isValid === false) return { code: 550, status: "5.7.20" };
  if (!oneClickIsRight(headers, dkim)) return { code: 550, status: "5.7.1" };
  const { from } = parsed;
  return {
    mail: {
      ...envelope,
      from: from?.address === undefined ? "" : `${from.name} <${from.address}>`,
      subject: parsed.subject ?? "",
      text: parsed.text ?? "",
      html: parsed.html,
      messageId: parsed.messageId ?? "",
      headers,
      raw,
      dkim,
    },
  };
}

/** As RFC 8058 wants it: with a https link, and both headers signed if anything is. */
function oneClickIsRight(headers: Readonly<Record<string, string>>, dkim: DkimCheck | undefined): boolean {
  const post = headers["list-unsubscribe-post"];
  if (post === undefined) return true;
  const isSigned =
    dkim === undefined || ["list-unsubscribe", "list-unsubscribe-post"].every((name) => dkim.headers.includes(name));
  return post === "List-Unsubscribe=One-Click" && oneClickLink(headers) !== undefined && isSigned;
}

/** The https link of `List-Unsubscribe`. */
export function oneClickLink(headers: Readonly<Record<string, string>>): string | undefined {
  return /<(https:[^>]+)>/.exec(headers["list-unsubscribe"] ?? "")?.[1];
}
