import DKIM from "nodemailer/lib/dkim";
import MailComposer from "nodemailer/lib/mail-composer";
import type { CompleteMail } from "./complete-mail.js";
import type { EmailSettings } from "./email-options.js";

/**
 * The headers that a signature covers. Both of unsubscribing are among them, as RFC 8058 wants (4), and what a reader sees;
 * those that relays add or change are not.
 */
export const SIGNED_HEADERS: readonly string[] = [
  "From",
  "Reply-To",
  "Subject",
  "Date",
  "To",
  "Message-ID",
  "MIME-Version",
  "Content-Type",
  "Content-Transfer-Encoding",
  "List-Unsubscribe",
  "List-Unsubscribe-Post",
];

/** The bytes of a mail, signed if there is a key. */
export async function composeMail({ from, replyTo, dkim, clock }: EmailSettings, mail: CompleteMail): Promise<Buffer> {
  const node = new MailComposer({
    from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    ...(mail.html !== undefined && { html: mail.html }),
    ...(replyTo !== undefined && { replyTo }),
    messageId: mail.messageId,
    date: new Date(clock.now()),
    // Folded lines break signatures at some relays: these go out as they are.
    headers: Object.fromEntries(Object.entries(mail.headers).map(([name, value]) => [name, { prepared: true, value }])),
    // Texts are texts: nothing in them makes this process read a file or a page.
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  if (dkim) {
    const signer = new DKIM({
      domainName: dkim.domain,
      keySelector: dkim.selector,
      privateKey: dkim.privateKey,
      headerFieldNames: SIGNED_HEADERS.join(":"),
    });
    node.processFunc((input) => signer.sign(input));
  }
  return node.build();
}
