import { createHash } from "node:crypto";
import type { InputIssue, MessageContent } from "@recallkit/core";
import {
  CHANNEL_SPEC_VERSION,
  type Channel,
  memoryRateLimiter,
  type OutgoingBatch,
  type RateLimit,
  type Recipient,
  type SendOptions,
  type SendOutcome,
  type TokenCache,
} from "@recallkit/core/ports";
import * as z from "zod";
import { notSent, refusedBefore, untoldCall } from "../call/call-errors.js";
import { type Connection, type ConnectionOptions, connectionTo, required } from "../call/connection.js";
import { exchange, jsonOf } from "../call/exchange.js";
import { type KeyWindow, keyWindow } from "../call/key-window.js";
import { type LimitOptions, takeAll } from "../call/limits.js";
import { outcomeOfLoss } from "../call/lost-call.js";
import { harmlessRefusal, outcomeOf } from "../call/provider-code.js";
import { ruleOfPush } from "./jpush-codes.js";
import { KEY_WINDOW_MS, type PushKeys, pushKeys } from "./push-keys.js";

/** Options of {@link appPushChannel}. */
export interface AppPushOptions extends ConnectionOptions, LimitOptions {
  readonly appKey: string;
  readonly masterSecret: string;
  /** What names a device: an alias that the app has set, or JPush's own id of it. @default "alias" */
  readonly audience?: "alias" | "registration_id" | undefined;
  /** Which identity of a person is the alias or id. @default "customer_code" */
  readonly addressType?: Channel["addressType"] | undefined;
  /** Whether iOS gets pushes by Apple's production servers; always said, since defaults differ. @default true */
  readonly production?: boolean | undefined;
  /** How long a device may be away and still get it, in seconds, 0 … 864000. @default 86400 */
  readonly timeToLiveSeconds?: number | undefined;
  /**
   * Keeps the key that a message was pushed with, so that a repeat is known as one. Give a cache that outlives the process
   * (Redis, SQL): with it a lost answer is cleared up by repeating the call.
   *
   * @default no key is kept, and a lost answer stays lost
   */
  readonly keyCache?: TokenCache | undefined;
  /** @default 600 a minute, what the free plan allows */
  readonly limits?: readonly RateLimit[] | undefined;
  /** @default "app-push" */
  readonly name?: string | undefined;
}

/** What the app gets along with a tap: a page, a campaign. */
const extrasSchema = z.record(z.string().min(1).max(64), z.string().max(1024));
const answerSchema = z.union([
  z.object({ error: z.object({ code: z.int() }) }),
  z.object({ msg_id: z.union([z.string().min(1), z.int()]) }),
]);
const keysSchema = z.object({ cidlist: z.array(z.string().min(1)).min(1) });
const PUSH_LIMITS: readonly RateLimit[] = [{ kind: "window", max: 600, windowMs: 60_000 }];
/** A payload may have 2 000 bytes on iOS, of which a few belong to JPush. */
const MOST_BYTES = 1800;

/**
 * Pushes to an app's devices by JPush (极光), Android and iOS. "accepted" means that JPush took it; whether a device showed it
 * is not told. With `keyCache` repeats carry JPush's `cid`, and are dropped for half a day.
 *
 * @throws {ConfigError} an option is missing or unusable
 */
export function appPushChannel(options: AppPushOptions): Channel {
  const { addressType = "customer_code", name = "app-push", limits = PUSH_LIMITS } = options;
  const connection = connectionTo("https://api.jpush.cn", options);
  const { clock, baseUrl } = connection;
  const login = `${required("appKey", options.appKey)}:${required("masterSecret", options.masterSecret)}`;
  const headers = {
    "content-type": "application/json",
    authorization: `Basic ${Buffer.from(login, "utf8").toString("base64")}`,
  };
  const account = createHash("sha256").update(`${baseUrl}|${login}`).digest("hex").slice(0, 16);
  const limiter = options.limiter ?? memoryRateLimiter({ clock });
  const keys = pushKeys(options.keyCache, clock, account, (count) => fetchKeys(name, connection, headers, count));
  const withinWindow = keyWindow(clock, KEY_WINDOW_MS);
  const settings: PushSettings = { options, connection, headers, keys, name, withinWindow };
  return {
    name,
    specVersion: CHANNEL_SPEC_VERSION,
    personal: true,
    addressType,
    maxBatchSize: 1,
    capability: () => (options.keyCache === undefined ? "none" : "keyed"),
    checkContent: pushContentIssues,
    async send(batch, sendOptions) {
      if (batch.recipients.length !== 1) throw refusedBefore(name, "one recipient per push");
      await takeAll(name, `jpush:${account}`, limiter, limits);
      return send(settings, batch, sendOptions);
    },
  };
}

interface PushSettings {
  readonly options: AppPushOptions;
  readonly connection: Connection;
  readonly headers: Readonly<Record<string, string>>;
  readonly keys: PushKeys;
  readonly name: string;
  readonly withinWindow: KeyWindow;
}

async function send(
  { options, connection, headers, keys, name, withinWindow }: PushSettings,
  { tenantId, recipients, mayBeSentSince }: OutgoingBatch,
  { writeBy, signal }: SendOptions,
): Promise<readonly SendOutcome[]> {
  const [recipient] = recipients;
  if (!recipient) throw refusedBefore(name, "one recipient per push");
  if (signal.aborted) throw notSent(name, "push was aborted before it was sent");
  const message = `${tenantId}.${recipient.marker.toLowerCase()}`;
  const cid = await keys.of(message);
  const body = JSON.stringify({ cid, ...pushOf(options, recipient) });
  const url = `${connection.baseUrl}/v3/push`;
  const attempt = () =>
    outcomeOfLoss(async () => {
      const call = { channel: name, name: "push", kind: "effect", url, headers, body, writeBy, signal } as const;
      const { status, text, headers: told } = await exchange(connection, call);
      const answer = answerSchema.safeParse(jsonOf(text));
      if (!answer.success) throw untoldCall(name, "effect", `push answered HTTP ${status} in another form`);
      // An error may have a msg_id beside it.
      if ("msg_id" in answer.data) return { kind: "accepted", providerMessageId: String(answer.data.msg_id) };
      const { code } = answer.data.error;
      return outcomeOf({
        channel: name,
        call: "push",
        code: String(code),
        rule: ruleOfPush(code, status),
        now: connection.clock.now(),
        retryAfterMs: resetOf(told),
      });
    });
  return withinWindow(message, attempt, mayBeSentSince);
}

function pushOf(options: AppPushOptions, { address, content }: Recipient) {
  const { audience = "alias", production = true, timeToLiveSeconds = 86_400 } = options;
  const extras = extrasSchema.safeParse(content.pushExtras);
  const own = extras.success ? { extras: extras.data } : {};
  const { subject, text = "" } = content;
  return {
    platform: "all",
    audience: { [audience]: [address] },
    notification: {
      android: { alert: text, ...(subject !== undefined && { title: subject }), ...own },
      ios: { alert: subject === undefined ? text : { title: subject, body: text }, sound: "default", ...own },
    },
    options: { time_to_live: timeToLiveSeconds, apns_production: production },
  };
}

async function fetchKeys(
  channel: string,
  connection: Connection,
  headers: Readonly<Record<string, string>>,
  count: number,
): Promise<readonly string[]> {
  const url = `${connection.baseUrl}/v3/push/cid?count=${count}`;
  const { signal } = new AbortController();
  const call = { channel, name: "cid", kind: "harmless", method: "GET", url, headers, signal } as const;
  const { status, text, headers: told } = await exchange(connection, call);
  const json = jsonOf(text);
  const keys = keysSchema.safeParse(json);
  if (status === 200 && keys.success) return keys.data.cidlist;
  const answer = answerSchema.safeParse(json);
  if (!answer.success || !("error" in answer.data)) {
    throw untoldCall(channel, "harmless", `cid answered HTTP ${status} in another form`);
  }
  const { code } = answer.data.error;
  const now = connection.clock.now();
  const rule = ruleOfPush(code, status);
  throw harmlessRefusal({ channel, call: "cid", code: String(code), rule, now, retryAfterMs: resetOf(told) });
}

function resetOf(headers: Readonly<Record<string, string>>): number | undefined {
  const seconds = Number(headers["x-rate-limit-reset"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

/** What is wrong with content as a push. */
function pushContentIssues(content: MessageContent): readonly InputIssue[] {
  const { text, subject, pushExtras, ...others } = content;
  const issues: InputIssue[] = Object.keys(others)
    .filter((path) => others[path] !== undefined)
    .map((path) => ({ path, code: "content.unknown-part", message: "a push has no such part" }));
  if (text === undefined) issues.push({ path: "text", code: "content.text-missing", message: "a push needs a text" });
  if (Buffer.byteLength(`${subject ?? ""}${text ?? ""}${JSON.stringify(pushExtras ?? {})}`) > MOST_BYTES) {
    issues.push({ path: "text", code: "content.text-long", message: `a push has at most ${MOST_BYTES} bytes` });
  }
  if (pushExtras !== undefined && !extrasSchema.safeParse(pushExtras).success) {
    issues.push({ path: "pushExtras", code: "content.extras-invalid", message: "pushExtras are texts by name" });
  }
  return issues;
}
