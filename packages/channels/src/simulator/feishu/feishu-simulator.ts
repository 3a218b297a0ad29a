import * as z from "zod";
import { botSignature } from "../../feishu/feishu-bot.js";
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

/** Options of {@link startFeishuSimulator}; every one has a default. */
export interface FeishuSimulatorOptions extends HttpSimulatorOptions {
  /** @default `cli_simulator` with the secret `simulator-secret` */
  readonly app?: { readonly appId: string; readonly appSecret: string } | undefined;
  /** Of the bot that listens at `/open-apis/bot/v2/hook/simulator`. @default "simulator-bot-secret" */
  readonly botSecret?: string | undefined;
}

/** A running simulator of Feishu. */
export interface FeishuSimulator extends HttpSimulator {
  /** The bot's webhook. */
  readonly botUrl: string;
  /** Takes all tokens back before their time. */
  revokeTokens(): void;
}

const TOKEN_LIFE_MS = 7200_000;
const RENEWED_BELOW_MS = 30 * 60_000;
const KEY_WINDOW_MS = 3_600_000;
const BOT_SKEW_MS = 3_600_000;

const refusal = (code: number, status = 400, headers: Readonly<Record<string, string>> = {}): LocalAnswer => ({
  ...jsonAnswer({ code, msg: `code ${code}` }, status),
  headers,
});

const messageSchema = z.object({
  receive_id: z.string().min(1),
  msg_type: z.enum(["text", "post"]),
  content: z.string(),
  uuid: z.string().max(50).optional(),
});
const textSchema = z.object({ text: z.string().min(1) });
const postSchema = z.object({
  zh_cn: z.object({
    title: z.string(),
    content: z.array(z.array(z.object({ tag: z.literal("text"), text: z.string() }))),
  }),
});

/** By the beginning of an id: outside of the app's range, without a wish for messages. */
const PEOPLE: readonly (readonly [string, number])[] = [
  ["unknown", 230013],
  ["unwilling", 230053],
];

/**
 * Strict Feishu: tokens with their lives, `im/v1/messages` with its keys and limits, a custom bot with signature and limits; a
 * ledger of what really happened, and a page. People whose id begins with `unknown` are out of range, `unwilling` want none.
 *
 * For tests and demos only: it listens on 127.0.0.1, its pages ask for no login, and nothing is sent to anybody.
 */
export async function startFeishuSimulator(options: FeishuSimulatorOptions = {}): Promise<FeishuSimulator> {
  const { app = { appId: "cli_simulator", appSecret: "simulator-secret" }, botSecret = "simulator-bot-secret" } =
    options;
  const now = nowOf(options);
  const isWithin = windows(now);
  const messages: TakenMessage[] = [];
  let tokens: { readonly token: string; readonly endsAt: number }[] = [];
  let issued = 0;

  function token(body: string): LocalAnswer {
    const given = z.object({ app_id: z.string(), app_secret: z.string() }).safeParse(bodyJson(body));
    if (!given.success || given.data.app_id !== app.appId) return refusal(10003, 200);
    if (given.data.app_secret !== app.appSecret) return refusal(10014, 200);
    const live = tokens.findLast(({ endsAt }) => endsAt - now() >= RENEWED_BELOW_MS);
    if (!live) issued += 1;
    const current = live ?? { token: `t-simulator-${issued}`, endsAt: now() + TOKEN_LIFE_MS };
    if (!live) tokens.push(current);
    const expire = Math.floor((current.endsAt - now()) / 1000);
    return jsonAnswer({ code: 0, msg: "ok", tenant_access_token: current.token, expire });
  }

  function message({ headers, body, url }: LocalRequest): LocalAnswer {
    const bearer = String(headers.authorization ?? "").replace(/^Bearer /, "");
    if (!tokens.some((one) => one.token === bearer && one.endsAt > now())) return refusal(99991663);
    const reset = { "x-ogw-ratelimit-reset": "1" };
    if (
      !isWithin("app", [
        [1000, 60_000],
        [50, 1000],
      ])
    )
      return refusal(99991400, 429, reset);
    const given = messageSchema.safeParse(bodyJson(body));
    const isType = /^(open_id|user_id|union_id|email|chat_id)$/.test(url.searchParams.get("receive_id_type") ?? "");
    if (!given.success || !isType) return refusal(230001);
    const { receive_id: to, msg_type, content, uuid = "" } = given.data;
    const said =
      msg_type === "text" ? textSchema.safeParse(bodyJson(content)) : postSchema.safeParse(bodyJson(content));
    if (!said.success) return refusal(230001);
    const known = messages.find(({ key, takenAt }) => uuid !== "" && key === uuid && now() - takenAt < KEY_WINDOW_MS);
    if (known) return jsonAnswer({ code: 0, msg: "success", data: { message_id: known.id } });
    const person = PEOPLE.find(([word]) => to.startsWith(word));
    if (person) return refusal(person[1]);
    if (!isWithin(`person:${to}`, [[5, 1000]])) return refusal(230020);
    const [title, text] =
      "text" in said.data
        ? ["", said.data.text]
        : [
            said.data.zh_cn.title,
            said.data.zh_cn.content.map((line) => line.map((one) => one.text).join("")).join("\n"),
          ];
    return made(to, title, text, uuid);
  }

  function bot(body: string): LocalAnswer {
    const given = z
      .object({
        timestamp: z.string().optional(),
        sign: z.string().optional(),
        msg_type: z.literal("text"),
        content: textSchema,
      })
      .safeParse(bodyJson(body));
    if (!given.success) return refusal(19002, 200);
    const { timestamp = "", sign, content } = given.data;
    const isFresh = Math.abs(Number(timestamp) * 1000 - now()) <= BOT_SKEW_MS;
    if (!isFresh || sign !== botSignature(timestamp, botSecret)) return refusal(19021, 200);
    if (
      !isWithin("bot", [
        [100, 60_000],
        [5, 1000],
      ])
    )
      return refusal(11232, 200);
    return made("group", "", content.text, "");
  }

  function made(to: string, title: string, text: string, key: string): LocalAnswer {
    const id = `om_${String(messages.length + 1).padStart(32, "0")}`;
    messages.push({ id, to, title, text, key, takenAt: now() });
    return jsonAnswer({ code: 0, msg: "success", data: { message_id: id } });
  }

  const simulator = await httpSimulator({
    port: options.port ?? 0,
    now,
    title: "飞书 · Feishu",
    messages,
    call(request) {
      const { route, body } = request;
      if (route === "POST /open-apis/auth/v3/tenant_access_token/internal") {
        return { name: "token", perform: () => token(body) };
      }
      if (route === "POST /open-apis/im/v1/messages") return { name: "message", perform: () => message(request) };
      if (route === "POST /open-apis/bot/v2/hook/simulator") return { name: "bot", perform: () => bot(body) };
      return undefined;
    },
    coded: (code, status) => refusal(code, status),
  });
  return {
    ...simulator,
    botUrl: `${simulator.url}/open-apis/bot/v2/hook/simulator`,
    revokeTokens() {
      tokens = [];
    },
  };
}
