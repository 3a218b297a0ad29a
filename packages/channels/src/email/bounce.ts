import type { SuppressionInput } from "@recallkit/core";
import PostalMime, { type Attachment, type Email } from "postal-mime";
import { isMailAddress, tagOf } from "./mail-address.js";
import { ruleOfReply } from "./smtp-replies.js";

/** What a server, or a reader's provider, wrote back about a mail. */
export interface Bounce {
  /** `bounced`: not delivered, for good. `delayed`: it is still being tried. `complaint`: the reader called it spam. */
  readonly kind: "bounced" | "delayed" | "complaint";
  /** Whom the mail was for. */
  readonly address: string;
  /** Enhanced status, `5.1.1`; complaints have none. */
  readonly status?: string;
  /** Why, in the words of refused mails: `unknown_mailbox`, `mailbox_full` …, or `complaint`. */
  readonly reason: string;
  /** The mail, as `send` told it, where the bounce says so. */
  readonly providerMessageId?: string;
}

const LARGEST = 1024 * 1024;

/**
 * Bounces (RFC 3464) and complaints (RFC 5965) out of a mail that came to the address of bounces; none when it is neither,
 * for example somebody's notice of absence. Never throws: what can't be read is no bounce.
 *
 * Anybody can write such a mail. It counts as a report only for a mail that was sent to its address; take it for a reason to
 * suppress on the same condition.
 *
 * @param raw the whole mail as it came; of larger ones than 1 MiB the rest is not read
 */
export async function readBounce(raw: string | Uint8Array): Promise<readonly Bounce[]> {
  try {
    const whole = typeof raw === "string" ? raw.slice(0, LARGEST) : raw.subarray(0, LARGEST);
    const mail = await PostalMime.parse(whole, { maxNestingDepth: 20, maxHeadersSize: 256 * 1024 });
    return bouncesIn(mail);
  } catch {
    return [];
  }
}

/** The entry that keeps a person from further mails, where a bounce is a reason for it: the mailbox is none, or a complaint. */
export function suppressionOf(bounce: Bounce, channel = "email"): SuppressionInput | undefined {
  const { kind, address, reason } = bounce;
  if (kind === "complaint") return { channel, address, reason: "complaint" };
  return kind === "bounced" && LASTING.has(reason) ? { channel, address, reason } : undefined;
}

const LASTING: ReadonlySet<string> = new Set(["unknown_mailbox", "mailbox_closed", "invalid_address"]);

function bouncesIn(mail: Email): readonly Bounce[] {
  const providerMessageId = messageOf(mail);
  const named = providerMessageId === undefined ? {} : { providerMessageId };
  const complaint = partOf(mail, "message/feedback-report");
  if (complaint) {
    const [fields = {}] = groupsOf(complaint);
    const address = addressIn(fields["original-rcpt-to"]) ?? addressIn(originalOf(mail)?.to);
    return address === undefined ? [] : [{ kind: "complaint", address, reason: "complaint", ...named }];
  }
  const report = partOf(mail, "message/delivery-status");
  if (!report) return [];
  const [, ...people] = groupsOf(report);
  return people.flatMap((fields): Bounce[] => {
    // The address that we wrote to, before any forwarding.
    const address = addressIn(fields["original-recipient"]) ?? addressIn(fields["final-recipient"]);
    const action = fields.action?.toLowerCase();
    if (address === undefined || (action !== "failed" && action !== "delayed")) return [];
    const status = /\d\.\d{1,3}\.\d{1,3}/.exec(fields.status ?? "")?.[0];
    return [
      {
        kind: action === "failed" ? "bounced" : "delayed",
        address,
        reason: reasonOf(status, fields["diagnostic-code"]),
        ...(status !== undefined && { status }),
        ...named,
      },
    ];
  });
}

/** The reason that the server would have given at once; servers that say 5.0.0 say more in their diagnostic code. */
function reasonOf(status: string | undefined, diagnostic: string | undefined): string {
  const told = /^\s*smtp\s*;\s*(\d{3})(?:[ -](\d\.\d{1,3}\.\d{1,3}))?/i.exec(diagnostic ?? "");
  const isVague = status === undefined || status.endsWith(".0.0");
  const code = told?.[1] === undefined ? Number(`${status?.[0] ?? 5}99`) : Number(told[1]);
  const rule = ruleOfReply("recipient", { code, status: isVague ? told?.[2] : status });
  if (rule.kind === "refused") return rule.reason;
  return rule.kind === "halted" && rule.effect === "CONFIG" ? "rejected_by_policy" : "not_delivered";
}

/** Groups of fields of a machine-readable part: of the message first, then of each person. */
function groupsOf(text: string): readonly Readonly<Record<string, string>>[] {
  return text
    .replace(/\r\n?/g, "\n")
    .trim()
    .split(/\n\s*\n/)
    .map((group) => fieldsOf(group));
}

function fieldsOf(group: string): Readonly<Record<string, string>> {
  const lines = group.replace(/\n[ \t]+/g, " ").split("\n");
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^([A-Za-z-]+)\s*:\s*(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value.trim()]];
    }),
  );
}

/** `rfc822; a@example.com` → `a@example.com`. */
function addressIn(field: string | undefined): string | undefined {
  const bare = field?.replace(/^[a-z0-9-]+\s*;/i, "").trim();
  const address = /<([^<>\s]+)>/.exec(bare ?? "")?.[1] ?? bare;
  return address !== undefined && isMailAddress(address) ? address : undefined;
}

/** The headers of our mail, which bounces carry along. */
function originalOf(mail: Email): Readonly<Record<string, string>> | undefined {
  const text =
    partOf(mail, "message/rfc822") ?? partOf(mail, "message/rfc822-headers") ?? partOf(mail, "text/rfc822-headers");
  return text === undefined ? undefined : groupsOf(text)[0];
}

/** Our mail's id: from the mail itself, or from the envelope's token where the bounce was sent to it. */
function messageOf(mail: Email): string | undefined {
  const id = /<[^<>\s]{1,200}>/.exec(originalOf(mail)?.["message-id"] ?? "")?.[0];
  if (id !== undefined) return id;
  const report = partOf(mail, "message/delivery-status");
  const envelope = report === undefined ? undefined : groupsOf(report)[0]?.["original-envelope-id"];
  const own = mail.to?.flatMap(({ address }) => address ?? []) ?? [];
  const token = envelope ?? own.map((address) => tagOf(address)).find((tag) => tag !== undefined);
  const domain = own[0]?.slice(own[0].lastIndexOf("@") + 1);
  return token !== undefined && /^[a-z2-7]{12}\.\d+$/.test(token) && domain ? `<${token}@${domain}>` : undefined;
}

function partOf(mail: Email, type: string): string | undefined {
  const part = mail.attachments.find(({ mimeType }: Attachment) => mimeType === type);
  if (!part) return undefined;
  return typeof part.content === "string" ? part.content : new TextDecoder().decode(part.content);
}
