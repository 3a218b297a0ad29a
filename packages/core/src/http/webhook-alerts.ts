import { createHmac } from "node:crypto";
import type { Clock } from "../clock.js";
import { ChannelError, ConfigError } from "../errors.js";
import type { AlertSink } from "../ports/alert-sink.js";
import type { HttpTransport } from "../ports/http-transport.js";

/** Options of {@link webhookAlerts}. */
export interface WebhookAlertsOptions {
  /** Receives a POST per alarm; https, or http on this machine. */
  readonly url: string;
  /** At least 32 characters, known to both sides. */
  readonly secret: string;
  /** What makes the request. */
  readonly transport: HttpTransport;
  /** Tells the time of signing. */
  readonly clock: Clock;
  /** @default 10000 */
  readonly timeoutMs?: number;
}

const LEAST_SECRET = 32;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Posts alarms as JSON. `RecallKit-Signature` is `v1=` and the hex HMAC-SHA256 of `RecallKit-Timestamp` (epoch seconds), a
 * dot and the body. Receivers check it, refuse timestamps older than 300 s, and drop ids they have seen.
 *
 * @throws {ConfigError} `config.invalid` for `url` or `secret`
 */
export function webhookAlerts(options: WebhookAlertsOptions): AlertSink {
  const { url, secret, transport, clock, timeoutMs = 10_000 } = options;
  const target = URL.canParse(url) ? new URL(url) : undefined;
  const isSafe = target?.protocol === "https:" || (target?.protocol === "http:" && LOOPBACK.test(target.hostname));
  if (!target || !isSafe || target.username !== "") {
    throw new ConfigError("config.invalid", "url", "url must be https, or http on this machine, without a login");
  }
  if (secret.length < LEAST_SECRET) {
    throw new ConfigError("config.invalid", "secret", `secret must have at least ${LEAST_SECRET} characters`);
  }
  return {
    async send({ id, code, tenantId, entity, entityId, detail, at }, { signal }) {
      const body = JSON.stringify({ id, code, tenant_id: tenantId, entity, entity_id: entityId, detail, at });
      const timestamp = String(Math.floor(clock.now() / 1000));
      const { status } = await transport.request({
        method: "POST",
        url: target.href,
        headers: {
          "content-type": "application/json",
          "recallkit-timestamp": timestamp,
          "recallkit-signature": `v1=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`,
        },
        body,
        timeoutMs,
        maxBytes: 64 * 1024,
        signal,
      });
      if (status >= 200 && status < 300) return;
      throw new ChannelError("channel.rejected", `the webhook answered ${status}`, {
        channel: "alerts",
        effect: "REQUEST",
        providerCode: String(status),
      });
    },
  };
}
