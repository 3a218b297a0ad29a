import { createHmac } from "node:crypto";
import type { Clock } from "@recallkit/core";
import * as z from "zod";
import type { DialAnswer, Dialer } from "./dialer.js";

/** Where a call centre takes click-to-call. */
export interface WebhookDialerOptions {
  readonly url: string;
  /** Signs every request: `x-recallkit-signature` is hex HMAC-SHA256 of timestamp, a dot and the body. */
  readonly secret: string;
  readonly clock: Clock;
  /** @default the runtime's */
  readonly fetch?: typeof globalThis.fetch;
  /** How long an answer may take, ms. @default 10 000 */
  readonly timeoutMs?: number;
}

const answerSchema = z.object({ call_id: z.string().min(1).max(255) });

/**
 * Click-to-call by a webhook: `POST { dial_id, phone_number, agent, task_id, lead_id }`, answered with `{ call_id }`. 4xx is a
 * refusal; anything else that is no such answer is unknown, since the phone may ring.
 */
export function webhookDialer({
  url,
  secret,
  clock,
  fetch = globalThis.fetch,
  timeoutMs = 10_000,
}: WebhookDialerOptions): Dialer {
  return {
    name: "webhook",
    async dial({ dialId, phone, agent, taskId, leadId }, { signal }): Promise<DialAnswer> {
      const body = JSON.stringify({ dial_id: dialId, phone_number: phone, agent, task_id: taskId, lead_id: leadId });
      const timestamp = String(clock.now());
      const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
      const headers = {
        "content-type": "application/json",
        "idempotency-key": dialId,
        "x-recallkit-timestamp": timestamp,
        "x-recallkit-signature": signature,
      };
      const ended = new AbortController();
      const late = clock.sleep(timeoutMs, ended.signal).then(() => ended.abort());
      try {
        const response = await fetch(url, {
          method: "POST",
          headers,
          body,
          redirect: "error",
          signal: AbortSignal.any([signal, ended.signal]),
        });
        if (response.status >= 400 && response.status < 500)
          return { kind: "refused", reason: `HTTP ${response.status}` };
        const answer = answerSchema.safeParse(response.ok ? await response.json() : undefined);
        if (answer.success) return { kind: "ringing", providerCallId: answer.data.call_id };
        return { kind: "unknown", reason: `HTTP ${response.status}` };
      } catch {
        // What went wrong may hold an address; that it is not known is all that counts.
        return { kind: "unknown", reason: "no answer" };
      } finally {
        ended.abort();
        await late;
      }
    },
  };
}
