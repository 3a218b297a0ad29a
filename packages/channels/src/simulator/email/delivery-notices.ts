import type { TakenMail } from "./taken-mail.js";

/** What comes back about a mail. */
export type NoticeKind = "bounce" | "delay" | "complaint";

const STATUS = { bounce: "5.1.1", delay: "4.4.1" } as const;

/** A mail as servers and providers of mailboxes send it to the envelope's sender, in the form of RFC 3464 or RFC 5965. */
export function noticeOf(
  mail: TakenMail,
  kind: NoticeKind,
  status: string = kind === "delay" ? STATUS.delay : STATUS.bounce,
): string {
  const [report, type] =
    kind === "complaint"
      ? [complaintPart(mail), "feedback-report"]
      : [statusPart(mail, kind === "bounce" ? "failed" : "delayed", status), "delivery-status"];
  const original = mail.raw.slice(0, mail.raw.indexOf("\r\n\r\n"));
  const lines = [
    "From: Mail Delivery System <mailer-daemon@mx.example>",
    `To: ${mail.envelopeFrom}`,
    `Subject: ${kind === "complaint" ? "Complaint" : "Undelivered Mail Returned to Sender"}`,
    `Date: ${new Date(mail.takenAt).toUTCString()}`,
    `Message-ID: <notice-${mail.id}@mx.example>`,
    "Auto-Submitted: auto-replied",
    "MIME-Version: 1.0",
    `Content-Type: multipart/report; report-type=${type}; boundary="notice"`,
    "",
    "--notice",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "This is the mail system of mx.example.",
    "--notice",
    `Content-Type: message/${type}`,
    "",
    ...report,
    "--notice",
    "Content-Type: text/rfc822-headers",
    "",
    original,
    "",
    "--notice--",
    "",
  ];
  return lines.join("\r\n");
}

function statusPart({ to, envelopeId }: TakenMail, action: string, status: string): readonly string[] {
  return [
    "Reporting-MTA: dns; mx.example",
    ...(envelopeId === undefined ? [] : [`Original-Envelope-Id: ${envelopeId}`]),
    "",
    `Original-Recipient: rfc822; ${to}`,
    `Final-Recipient: rfc822; ${to}`,
    `Action: ${action}`,
    `Status: ${status}`,
    `Diagnostic-Code: smtp; ${status.startsWith("5") ? 550 : 451} ${status} see the status`,
    "",
  ];
}

function complaintPart({ to }: TakenMail): readonly string[] {
  return ["Feedback-Type: abuse", "User-Agent: mx.example/1.0", "Version: 1", `Original-Rcpt-To: ${to}`, ""];
}
