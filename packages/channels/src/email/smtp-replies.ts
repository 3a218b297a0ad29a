import { type CodeRule, deferred, halted, MINUTE, type ProviderCode, refused } from "../call/provider-code.js";

/** How far a session came: what the server was asked last. */
export const SMTP_STAGES = ["connect", "login", "sender", "recipient", "data", "message"] as const;
export type SmtpStage = (typeof SMTP_STAGES)[number];

/** A reply of the server, without its text. */
export interface SmtpReply {
  /** `250`, `550` … */
  readonly code: number;
  /** Enhanced status, `5.1.1`; undefined where the server gives none. */
  readonly status: string | undefined;
}

/** A line of the table: the reply to one command. */
export interface SmtpReplyCode extends ProviderCode {
  readonly stage: SmtpStage;
}

const RFC5321 = "https://www.rfc-editor.org/rfc/rfc5321#section-4.2.3";
const RFC4954 = "https://www.rfc-editor.org/rfc/rfc4954#section-6";
const RFC3463 = "https://www.rfc-editor.org/rfc/rfc3463#section-3";
const SIZE = "https://www.rfc-editor.org/rfc/rfc1870#section-6.2";
const LATER = 15 * MINUTE;
const later = deferred(LATER);
const closing = halted("NOT_SENT");
const slower = halted("RATE_LIMITED");
const login = halted("AUTH", "check smtp.auth");

const row = (stage: SmtpStage, code: string, meaning: string, rule: CodeRule, source: string): SmtpReplyCode => ({
  stage,
  code,
  meaning,
  rule,
  source,
});

/**
 * What replies say. `code` is a reply, a reply with an enhanced status, or an enhanced status for every reply of its first
 * digit; `x` stands for any digit. The first line that fits holds.
 *
 * Any reply but 2yz is proof that the mail was not taken, also the one to its last line (RFC 5321, 4.2.1).
 */
export const SMTP_REPLIES: readonly SmtpReplyCode[] = [
  row(
    "connect",
    "554",
    "the server takes nothing from this machine",
    halted("CONFIG", "ask who runs the server"),
    RFC5321,
  ),
  row("connect", "4xx", "the server is busy or closing", closing, RFC5321),
  row("connect", "5xx", "the server does not do what we need", halted("CONFIG"), RFC5321),
  row("login", "4xx", "the login can't be checked now", closing, RFC4954),
  row("login", "5xx", "user or password are wrong, or the way to log in is not offered", login, RFC4954),
  row("sender", "421", "the server closes the connection", closing, RFC5321),
  row("sender", "4.7.x", "too many mails in too short a time", slower, RFC3463),
  row("sender", "450", "too many mails in too short a time", slower, RFC5321),
  row("sender", "451", "a fault inside the server", closing, RFC5321),
  row("sender", "452", "the server has no room", closing, RFC5321),
  row("sender", "4xx", "not now", closing, RFC5321),
  row("sender", "530", "the server wants a login", login, RFC4954),
  row("sender", "552", "the mail is larger than the server takes", halted("REQUEST"), SIZE),
  row("sender", "5.3.4", "the mail is larger than the server takes", halted("REQUEST"), SIZE),
  row(
    "sender",
    "5xx",
    "the sender's address is not one of the account's",
    halted("CONFIG", "check from.address"),
    RFC5321,
  ),
  row("recipient", "421", "the server closes the connection", closing, RFC5321),
  row("recipient", "4.7.x", "greylisting, or too many mails to this domain", later, RFC3463),
  row("recipient", "4xx", "the mailbox is busy, full for now, or greylisted", later, RFC5321),
  row("recipient", "5.1.3", "no address that mail can go to", refused("invalid_address"), RFC3463),
  row("recipient", "5.1.x", "no such mailbox or domain", refused("unknown_mailbox"), RFC3463),
  row("recipient", "5.2.1", "the mailbox is closed", refused("mailbox_closed"), RFC3463),
  row("recipient", "5.2.2", "the mailbox is full", refused("mailbox_full"), RFC3463),
  row(
    "recipient",
    "5.7.x",
    "the server's rules forbid it: relaying, reputation, list of senders",
    halted("CONFIG"),
    RFC3463,
  ),
  row("recipient", "530", "the server wants a login", login, RFC4954),
  row("recipient", "550", "no such mailbox", refused("unknown_mailbox"), RFC5321),
  row("recipient", "551", "the mailbox is elsewhere", refused("unknown_mailbox"), RFC5321),
  row("recipient", "552", "the mailbox is full", refused("mailbox_full"), RFC5321),
  row("recipient", "501", "no address that mail can go to", refused("invalid_address"), RFC5321),
  row("recipient", "553", "no address that mail can go to", refused("invalid_address"), RFC5321),
  row("recipient", "554", "the server's rules forbid it", halted("CONFIG"), RFC5321),
  row("recipient", "5xx", "refused for good", refused("rejected_by_provider"), RFC5321),
  row("data", "4xx", "the server can't take a mail now", closing, RFC5321),
  row("data", "5xx", "the server takes no mail of this session", halted("CONFIG"), RFC5321),
  row("message", "421", "the server closes the connection", closing, RFC5321),
  row("message", "4.7.x", "too many mails in too short a time", slower, RFC3463),
  row("message", "4xx", "not taken now", later, RFC5321),
  row("message", "5.1.x", "no such mailbox or domain", refused("unknown_mailbox"), RFC3463),
  row("message", "5.2.2", "the mailbox is full", refused("mailbox_full"), RFC3463),
  row("message", "5.3.4", "the mail is larger than the server takes", halted("REQUEST"), SIZE),
  row("message", "5.6.x", "the server can't read the mail", halted("REQUEST"), RFC3463),
  row(
    "message",
    "5.7.x",
    "taken for spam, or the signature is wrong",
    halted("CONFIG", "look at the sender's reputation and DKIM"),
    RFC3463,
  ),
  row("message", "552", "the mail is larger than the server takes", halted("REQUEST"), SIZE),
  row(
    "message",
    "5xx",
    "refused: most often taken for spam",
    halted("CONFIG", "look at the sender's reputation"),
    RFC5321,
  ),
];

/** What follows from a reply that is no 2yz. */
export function ruleOfReply(stage: SmtpStage, { code, status }: SmtpReply): CodeRule {
  const found = SMTP_REPLIES.find((line) => line.stage === stage && fits(line.code, code, status));
  return found?.rule ?? halted("NOT_SENT");
}

/** `550 5.1.1`, as it is told to others. */
export function writtenReply({ code, status }: SmtpReply): string {
  return status === undefined ? String(code) : `${code} ${status}`;
}

function fits(pattern: string, code: number, status: string | undefined): boolean {
  const form = new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll(/x+/g, "\\d+")}$`);
  return form.test(pattern.includes(".") ? (status ?? "") : String(code));
}
