import { isIP } from "node:net";
import { type Clock, ConfigError, systemClock } from "@recallkit/core";
import { isPublicAddress, publicLookup, undiciTransport } from "@recallkit/core/http";
import {
  CHANNEL_SPEC_VERSION,
  type Channel,
  type HttpTransport,
  memoryRateLimiter,
  type OutgoingBatch,
  type SendOptions,
  type SendOutcome,
} from "@recallkit/core/ports";
import * as z from "zod";
import { refusedBefore } from "../call/call-errors.js";
import { exchange, jsonOf } from "../call/exchange.js";
import { type LimitOptions, takeAll } from "../call/limits.js";
import { outcomeOfLoss } from "../call/lost-call.js";
import { outcomeOf } from "../call/provider-code.js";
import { retryAfterOf } from "../call/retry-after.js";
import { keyOf, signatureOf } from "./signature.js";
import { ruleOfStatus } from "./webhook-codes.js";

/** Options of {@link webhookChannel}. */
export interface WebhookOptions extends LimitOptions {
  /** Receives a POST per person; https, on the public internet. */
  readonly url: string;
  /** `whsec_` and base64 of 24 … 64 random bytes; several: all sign, so that a receiver can exchange them one by one. */
  readonly secret: string | readonly string[];
  /** Which identity of a person the receiver knows. @default "customer_code" */
  readonly addressType?: Channel["addressType"] | undefined;
  /**
   * `any` also reaches http and hosts of one's own network: for receivers that you run, never for addresses that others
   * entered.
   *
   * @default "public"
   */
  readonly network?: "public" | "any" | undefined;
  /** With `network: "public"` it has to look up public addresses only, as the default does. @default undici, no redirects */
  readonly transport?: HttpTransport | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** Longest wait for one call, in ms. @default 15000 */
  readonly timeoutMs?: number | undefined;
  /** @default "webhook" */
  readonly name?: string | undefined;
}

/** A receiver may name the message; else its id in our headers does. */
const answerSchema = z.object({ id: z.union([z.string().min(1).max(200), z.int()]) });

/**
 * A system of one's own as a channel: it gets each person's message as a signed POST (Standard Webhooks) and hands it on. The
 * id of a message is the same in all attempts; a receiver that remembers ids makes each message once.
 *
 * @throws {ConfigError} an option is missing or unusable
 */
export function webhookChannel(options: WebhookOptions): Channel {
  const { addressType = "customer_code", network = "public", clock = systemClock, name = "webhook" } = options;
  const url = checkedUrl(options.url, network);
  const keys = [options.secret].flat().map((secret) => keyOf("secret", secret));
  if (keys.length === 0) throw new ConfigError("config.missing", "secret", "the channel needs a secret");
  const settings = {
    name,
    url,
    keys,
    addressType,
    clock,
    timeoutMs: options.timeoutMs ?? 15_000,
    transport: options.transport ?? undiciTransport({ clock, ...(network === "public" && { lookup: publicLookup() }) }),
    limiter: options.limiter ?? memoryRateLimiter({ clock }),
    limits: options.limits ?? [],
  };
  return {
    name,
    specVersion: CHANNEL_SPEC_VERSION,
    personal: true,
    addressType,
    maxBatchSize: 1,
    capability: () => "keyed",
    send: (batch, sendOptions) => send(settings, batch, sendOptions),
  };
}

interface WebhookSettings extends Required<Omit<WebhookOptions, "secret" | "network" | "limiter" | "limits">> {
  readonly clock: Clock;
  readonly transport: HttpTransport;
  readonly timeoutMs: number;
  readonly addressType: Channel["addressType"];
  readonly name: string;
  readonly keys: readonly Buffer[];
  readonly limiter: NonNullable<LimitOptions["limiter"]>;
  readonly limits: NonNullable<LimitOptions["limits"]>;
}

async function send(
  settings: WebhookSettings,
  { tenantId, recipients }: OutgoingBatch,
  { writeBy, signal }: SendOptions,
): Promise<readonly SendOutcome[]> {
  const { name, url, keys, addressType, clock, limiter, limits } = settings;
  const [recipient, ...more] = recipients;
  if (!recipient || more.length > 0) throw refusedBefore(name, "one recipient per call");
  const { address, marker, content, values } = recipient;
  const now = clock.now();
  const id = `msg_${tenantId}_${marker.toLowerCase()}`;
  const body = JSON.stringify({
    type: "message.send",
    timestamp: new Date(now).toISOString(),
    data: { tenant_id: tenantId, to: { type: addressType, value: address }, content, values },
  });
  const timestamp = String(Math.floor(now / 1000));
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": keys.map((key) => signatureOf(key, id, timestamp, body)).join(" "),
  };
  await takeAll(name, `webhook:${new URL(url).host}`, limiter, limits);
  const call = { channel: name, name: "webhook", kind: "effect", url, headers, body, writeBy, signal } as const;
  return outcomeOfLoss(async () => {
    const { status, text, headers: told } = await exchange(settings, call);
    if (status >= 200 && status < 300) {
      const answer = answerSchema.safeParse(jsonOf(text));
      return { kind: "accepted", providerMessageId: answer.success ? String(answer.data.id) : id };
    }
    const rule = ruleOfStatus(status);
    const retryAfterMs = retryAfterOf(told["retry-after"], now);
    return outcomeOf({ channel: name, call: "webhook", code: String(status), rule, now, retryAfterMs });
  });
}

/** @throws {ConfigError} `url` is not one that may be called */
function checkedUrl(text: string, network: "public" | "any"): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  const host = url?.hostname.replace(/^\[|\]$/g, "") ?? "";
  const isPublic = url?.protocol === "https:" && (isIP(host) === 0 ? host.includes(".") : isPublicAddress(host));
  if (isWeb && (network === "any" || isPublic)) return url.href;
  throw new ConfigError("config.invalid", "url", "url must be https on the public internet, without a login");
}
