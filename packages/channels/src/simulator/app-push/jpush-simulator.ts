import * as z from "zod";
import {
  bodyJson,
  type HttpSimulator,
  type HttpSimulatorOptions,
  httpSimulator,
  nowOf,
  type TakenMessage,
  windows,
} from "../http-simulator.js";
import { jsonAnswer, type LocalAnswer, type LocalRequest } from "../local-server.js";

/** Options of {@link startJpushSimulator}; every one has a default. */
export interface JpushSimulatorOptions extends HttpSimulatorOptions {
  /** @default `simulator-key` with the secret `simulator-secret` */
  readonly app?: { readonly appKey: string; readonly masterSecret: string } | undefined;
  /** Calls a minute. @default 600 */
  readonly perMinute?: number | undefined;
}

const KEY_LIFE_MS = 24 * 3_600_000;
const alert = z.string().min(1);
const extras = z.record(z.string(), z.string()).optional();
const pushSchema = z.strictObject({
  cid: z.string().min(1).optional(),
  platform: z.literal("all"),
  audience: z.union([
    z.strictObject({ alias: z.array(z.string().min(1)).min(1).max(1000) }),
    z.strictObject({ registration_id: z.array(z.string().min(1)).min(1).max(1000) }),
  ]),
  notification: z.strictObject({
    android: z.strictObject({ alert, title: z.string().optional(), extras }),
    ios: z.strictObject({
      alert: z.union([alert, z.strictObject({ title: z.string(), body: alert })]),
      sound: z.string().optional(),
      extras,
    }),
  }),
  // Without it some get development, some production: a strict server wants it said.
  options: z.strictObject({ time_to_live: z.int().min(0).max(864_000), apns_production: z.boolean() }),
});

/**
 * Strict JPush v3: login, `cid` and its replay, limits with their headers; a ledger of what really happened, and a page.
 * Aliases and ids that begin with `gone` or `unknown` are nobody's.
 *
 * For tests and demos only: it listens on 127.0.0.1, its pages ask for no login, and nothing is sent to anybody.
 */
export async function startJpushSimulator(options: JpushSimulatorOptions = {}): Promise<HttpSimulator> {
  const { app = { appKey: "simulator-key", masterSecret: "simulator-secret" }, perMinute = 600 } = options;
  const now = nowOf(options);
  const isWithin = windows(now);
  const messages: TakenMessage[] = [];
  const keys = new Map<string, number>();
  const login = `Basic ${Buffer.from(`${app.appKey}:${app.masterSecret}`).toString("base64")}`;
  const refusal = (code: number, status = 400): LocalAnswer => ({
    ...jsonAnswer({ error: { code, message: `code ${code}` } }, status),
    ...(code === 2002 && { headers: { "x-rate-limit-reset": "60", "x-rate-limit-remaining": "0" } }),
  });

  function cid(url: URL): LocalAnswer {
    const count = Number(url.searchParams.get("count") ?? "1");
    if (!Number.isInteger(count) || count < 1 || count > 1000) return refusal(1003);
    const first = keys.size;
    const cidlist = Array.from({ length: count }, (_, n) => `${app.appKey}-${first + n + 1}`);
    for (const one of cidlist) keys.set(one, now());
    return jsonAnswer({ cidlist });
  }

  function push(body: string): LocalAnswer {
    if (!isWithin("push", [[perMinute, 60_000]])) return refusal(2002, 429);
    const given = pushSchema.safeParse(bodyJson(body));
    if (!given.success) return refusal(1003);
    const { cid: key = "", audience, notification } = given.data;
    if (key !== "" && now() - (keys.get(key) ?? 0) >= KEY_LIFE_MS) return refusal(1003);
    const known = messages.find((one) => key !== "" && one.key === key);
    if (known) return jsonAnswer({ sendno: "0", msg_id: known.id });
    const to = ("alias" in audience ? audience.alias : audience.registration_id).join(",");
    if (/^(gone|unknown)/.test(to)) return refusal(1011);
    const { title = "", alert: text } = notification.android;
    const id = String(9_007_199_254_740_993n + BigInt(messages.length));
    messages.push({ id, to, title, text, key, takenAt: now() });
    return jsonAnswer({ sendno: "0", msg_id: id });
  }

  const guarded =
    ({ headers }: LocalRequest, perform: () => LocalAnswer) =>
    () =>
      headers.authorization === login ? perform() : refusal(1004, 401);

  return httpSimulator({
    port: options.port ?? 0,
    now,
    title: "App 推送 · push",
    messages,
    call(request) {
      const { route, url, body } = request;
      if (route === "GET /v3/push/cid") return { name: "cid", perform: guarded(request, () => cid(url)) };
      if (route === "POST /v3/push") return { name: "push", perform: guarded(request, () => push(body)) };
      return undefined;
    },
    coded: (code, status) => refusal(code, status),
  });
}
