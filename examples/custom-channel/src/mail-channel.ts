import { ChannelError, type Clock } from "@recallkit/core";
import { CHANNEL_SPEC_VERSION, type Channel, type SendOutcome } from "@recallkit/core/ports";

/** One e-mail, as it goes out. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface MailChannelOptions {
  /** Hands a mail over. @returns its Message-ID @throws with `responseCode` when the server says no */
  readonly deliver: (mail: Mail, signal: AbortSignal) => Promise<string>;
  /** Where a person unsubscribes; the key stands for the person in this push. */
  readonly unsubscribeUrl: (key: string) => string;
  readonly clock: Clock;
}

/** E-mail: everybody gets their own subject, text and unsubscribe link; a lost answer can't be looked up. */
export function mailChannel({ deliver, unsubscribeUrl, clock }: MailChannelOptions): Channel {
  return {
    name: "mail",
    specVersion: CHANNEL_SPEC_VERSION,
    personal: true,
    addressType: "email",
    maxBatchSize: 1,
    capability: () => "none",
    checkContent: ({ subject, text, ...others }) => [
      ...(subject === undefined ? [{ path: "subject", code: "custom", message: "a mail needs a subject" }] : []),
      ...(text === undefined ? [{ path: "text", code: "custom", message: "a mail needs a text" }] : []),
      ...Object.keys(others).map((path) => ({ path, code: "custom", message: "mails have no such part" })),
    ],
    async send({ recipients }, { writeBy, signal }): Promise<readonly SendOutcome[]> {
      const [recipient, ...more] = recipients;
      if (!recipient || more.length > 0) throw notSent("REQUEST", "one recipient per mail");
      if (signal.aborted || clock.monotonic() > writeBy) throw notSent("NOT_SENT", "too late to send");
      const { address, content, marker } = recipient;
      const link = unsubscribeUrl(marker);
      const text = `${content.text ?? ""}\n\n退订 / unsubscribe: ${link}\n`;
      const headers = { "List-Unsubscribe": `<${link}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" };
      try {
        const id = await deliver({ to: address, subject: content.subject ?? "", text, headers }, signal);
        return [{ kind: "accepted", providerMessageId: id }];
      } catch (error) {
        const code = error instanceof Error && "responseCode" in error ? Number(error.responseCode) : 0;
        // 5xx: the server said no for good; 4xx: not now. Anything else may have happened after all.
        if (code >= 500) return [{ kind: "refused", reason: "rejected_by_provider", providerCode: String(code) }];
        if (code >= 400) return [{ kind: "deferred", notBefore: clock.now() + 15 * 60_000 }];
        return [{ kind: "unknown", reason: "no answer" }];
      }
    },
  };
}

function notSent(effect: "NOT_SENT" | "REQUEST", what: string): ChannelError {
  return new ChannelError("channel.unavailable", what, { channel: "mail", effect, retryable: effect === "NOT_SENT" });
}
