import { createHash } from "node:crypto";
import {
  CHANNEL_SPEC_VERSION,
  type Channel,
  type DeliveryReport,
  type OutgoingBatch,
  type SendOptions,
  type SendOutcome,
} from "@recallkit/core/ports";
import { type HaltEffect, haltedCall, notSent, refusedBefore } from "../call/call-errors.js";
import { takeAll } from "../call/limits.js";
import { outcomeOf } from "../call/provider-code.js";
import type { BounceStore } from "./bounce-store.js";
import { completeMail } from "./complete-mail.js";
import { composeMail } from "./compose.js";
import { emailContentIssues } from "./email-content.js";
import { type EmailOptions, type EmailSettings, emailSettings } from "./email-options.js";
import { isMailAddress } from "./mail-address.js";
import { type MailEnd, type SmtpPool, smtpPool } from "./smtp-pool.js";
import { ruleOfReply, writtenReply } from "./smtp-replies.js";

/** A {@link Channel} with connections of its own. */
export interface EmailChannel extends Channel {
  /** Ends idle connections; those with a mail on its way end after it. May be repeated. */
  close(): void;
}

/**
 * E-mail as a channel: everybody gets a mail of their own. "accepted" means that our server took it; bounces tell what did not
 * arrive. Nobody can be asked about a mail whose answer was lost, so that its outcome stays unknown.
 *
 * @throws {ConfigError} an option is missing or unusable
 */
export function emailChannel(options: EmailOptions): EmailChannel {
  const settings = emailSettings(options);
  const { bounces } = options;
  const pool = smtpPool(settings.smtp, settings.clock);
  const account = createHash("sha256")
    .update(JSON.stringify([settings.smtp.host, settings.smtp.auth?.user]))
    .digest("hex");
  return {
    name: settings.name,
    specVersion: CHANNEL_SPEC_VERSION,
    personal: true,
    addressType: "email",
    maxBatchSize: 1,
    capability: () => "none",
    checkContent: (content) => emailContentIssues(content, settings.messageClass),
    send: (batch, sendOptions) => send(settings, pool, `email:${account.slice(0, 16)}`, batch, sendOptions),
    ...(bounces && { results: (ids: readonly string[]) => reportsOf(bounces, ids) }),
    // Nobody writes back about a mail that arrived.
    lateReason: null,
    close: () => pool.close(),
  };
}

async function send(
  settings: EmailSettings,
  pool: SmtpPool,
  account: string,
  { tenantId, recipients }: OutgoingBatch,
  { writeBy, signal }: SendOptions,
): Promise<readonly SendOutcome[]> {
  const { name, clock, limiter, limits, messageClass } = settings;
  const [recipient, ...more] = recipients;
  if (!recipient || more.length > 0) throw refusedBefore(name, "one recipient per mail");
  if (!isMailAddress(recipient.address)) return [{ kind: "refused", reason: "invalid_address" }];
  const mail = completeMail(settings, tenantId, recipient);
  const { link, mailto } = mail.unsubscribe;
  if (messageClass === "marketing" && link === undefined && mailto === undefined) {
    throw haltedCall(name, "CONFIG", "marketing needs a way to refuse it", {
      hint: "use {{unsubscribe_link}} in the content, or set unsubscribeAddress",
    });
  }
  const bytes = await composeMail(settings, mail);
  if (signal.aborted || clock.monotonic() > writeBy) throw notSent(name, "too late to send");
  await takeAll(name, account, limiter, limits);
  const outgoing = { from: mail.envelopeFrom, to: mail.to, token: mail.token, bytes };
  return [outcomeOfEnd(settings, mail.messageId, await pool.send(outgoing, { writeBy, signal }))];
}

/** Faults that are not the network's. */
const FAULTS: Readonly<Record<string, HaltEffect>> = { EAUTH: "AUTH", ENOAUTH: "AUTH", EMESSAGE: "REQUEST" };

/** @throws {ChannelError} nothing was sent */
function outcomeOfEnd({ name, clock }: EmailSettings, messageId: string, end: MailEnd): SendOutcome {
  switch (end.kind) {
    case "taken":
      return { kind: "accepted", providerMessageId: messageId };
    case "unknown":
      return { kind: "unknown", reason: `no reply to the mail: ${end.fault}` };
    case "not-sent":
      throw haltedCall(
        name,
        FAULTS[end.fault] ?? "NOT_SENT",
        `no mail was sent: ${end.stage ?? "waiting"}, ${end.fault}`,
      );
    case "refused": {
      const { stage, reply } = end.failure;
      const rule = ruleOfReply(stage, reply);
      return outcomeOf({ channel: name, call: stage, code: writtenReply(reply), rule, now: clock.now() });
    }
  }
}

const PAGE = 1000;

async function* reportsOf(bounces: BounceStore, ids: readonly string[]): AsyncGenerator<readonly DeliveryReport[]> {
  for (let start = 0; start < ids.length; start += PAGE) {
    const found = await bounces.find(ids.slice(start, start + PAGE));
    yield found.map(({ providerMessageId, address, reason }) => ({
      address,
      kind: "not_delivered",
      reason,
      // Anybody can write a bounce: it counts only for the mail that was sent to its address.
      ...(providerMessageId !== undefined && { providerMessageId }),
    }));
  }
}
