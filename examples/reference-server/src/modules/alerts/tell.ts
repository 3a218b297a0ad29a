import { createHmac } from "node:crypto";
import { emailChannel } from "@recallkit/channels/email";
import { feishuBot } from "@recallkit/channels/feishu";
import { ChannelError, type Clock } from "@recallkit/core";
import type { HttpTransport } from "@recallkit/core/ports";
import { createWebhookBot } from "@recallkit/wecom";
import type { Alert } from "./alert.js";
import type { AlertTarget } from "./keys.js";
import { alertText, headline } from "./words.js";

/** What telling needs. */
export interface TellPorts {
  readonly transport: HttpTransport;
  readonly clock: Clock;
}

const TIMEOUT_MS = 10_000;

/** What somebody is told. */
export interface Saying {
  /** One line. */
  readonly headline: string;
  /** What people read. */
  readonly text: string;
  /** What programs read. */
  readonly event: Readonly<Record<string, unknown>>;
  /** Names it where a mail would be sent twice. */
  readonly marker: string;
}

/** Tells one target of an alert, or of its end. @throws {ChannelError} nothing was told, or nobody knows */
export async function tell(target: AlertTarget, alert: Alert, ports: TellPorts): Promise<void> {
  const { id, kind, subject, state, detail, openedAt, recoveredAt } = alert;
  const event = { id, kind, subject, state, detail, opened_at: openedAt, recovered_at: recoveredAt };
  const language = "language" in target ? target.language : undefined;
  return say(
    target,
    { headline: headline(alert, language), text: alertText(alert, language), event, marker: `alert-${id}-${state}` },
    ports,
  );
}

/** Tells one target something. @throws {ChannelError} nothing was told, or nobody knows */
export async function say(target: AlertTarget, saying: Saying, ports: TellPorts): Promise<void> {
  switch (target.kind) {
    case "wecom-bot": {
      const { key, base_url: baseUrl } = target;
      const bot = createWebhookBot({ key, ...ports, ...(baseUrl !== undefined && { baseUrl }) });
      await bot.send({ msgtype: "text", text: { content: saying.text } });
      return;
    }
    case "feishu-bot": {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      return feishuBot({ url: target.url, secret: target.secret, ...ports }).say(saying.text, { signal });
    }
    case "webhook":
      return post(target, saying, ports);
    case "email":
      return mail(target, saying, ports);
  }
}

/** Signed as the alarms of the engine are: HMAC-SHA256 over the time, a dot and the body. */
async function post(
  { url, secret }: Extract<AlertTarget, { readonly kind: "webhook" }>,
  { event }: Saying,
  { transport, clock }: TellPorts,
): Promise<void> {
  const body = JSON.stringify(event);
  const timestamp = String(Math.floor(clock.now() / 1000));
  const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  const headers = {
    "content-type": "application/json",
    "recallkit-timestamp": timestamp,
    "recallkit-signature": `v1=${signature}`,
  };
  const request = { method: "POST", url, headers, body, timeoutMs: TIMEOUT_MS, maxBytes: 64 * 1024 } as const;
  const { status } = await transport.request(request);
  if (status < 200 || status > 299) throw refused("webhook", String(status));
}

async function mail(
  { host, port, tls, user, password, from, to }: Extract<AlertTarget, { readonly kind: "email" }>,
  { headline: subject, text, marker }: Saying,
  { clock }: TellPorts,
): Promise<void> {
  const auth = user !== undefined && password !== undefined ? { user, pass: password } : undefined;
  const channel = emailChannel({
    smtp: { host, port, tls, auth, maxConnections: 1 },
    from: { name: "RecallKit", address: from },
    sender: { name: "RecallKit", contact: from },
    messageClass: "service",
    clock,
  });
  try {
    const content = { subject, text };
    const recipients = to.map((address) => ({ address, content, values: {}, marker }));
    const options = { writeBy: clock.monotonic() + TIMEOUT_MS, signal: AbortSignal.timeout(2 * TIMEOUT_MS) };
    const outcomes = await channel.send({ tenantId: 0, marker, content, recipients }, options);
    // One who got it is enough: the others would get it twice.
    if (!outcomes.some(({ kind }) => kind === "accepted")) throw refused("email", outcomes[0]?.kind ?? "unknown");
  } finally {
    await channel.close();
  }
}

function refused(channel: string, providerCode: string): ChannelError {
  return new ChannelError("channel.rejected", `the alert was not taken: ${providerCode}`, {
    channel,
    effect: "REQUEST",
    providerCode,
  });
}
