import { BOOTSTRAP_TENANT_ID } from "@recallkit/core/ports";
import { HttpError, reply } from "@recallkit/http";
import { createOfficialAccountHandler, type OfficialAccountCallback } from "@recallkit/wecom/official-account";
import * as z from "zod";
import type { ServerContext } from "../../../frame/context.js";
import { serverRoute } from "../../../frame/server-module.js";
import { addCallbacks } from "../../sms/service.js";
import { inboxOf } from "../inbox.js";
import { callbackAnswer, leaveToEngine, takeMessage } from "../sessions/store.js";
import { workSession } from "../sessions/work.js";

const MAX_BYTES = 64 * 1024;
const REFUSED = { status: 403, code: "callback.refused" } as const;
/** The platform gives up after five seconds; what takes longer follows as a message. */
const ANSWER_MS = 4000;
const KINDS: ReadonlySet<string> = new Set(["text", "image", "voice", "video", "location", "link"]);

const parameter = z.union([z.string(), z.array(z.string())]).optional();
const query = z.looseObject({
  signature: parameter,
  msg_signature: parameter,
  timestamp: parameter,
  nonce: parameter,
  echostr: parameter,
});

const facts = {
  path: "/api/callbacks/official-account/:account_key",
  auth: "public",
  limit: "callback",
  refusal: REFUSED,
  tags: ["回调 / Callbacks"],
  response: z.string(),
  errors: { 403: { description: "被拒绝 / refused" } },
} as const;
const params = z.strictObject({ account_key: z.string() });

/** `/api/callbacks/official-account/:account_key`: what an official account tells of its followers. */
export const officialAccountRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    produces: "text/plain",
    summary: "验证公众号回调地址 / Verify the address for the official account",
    request: { query, params },
    handler: async ({ query: given, params: { account_key: key }, context }) => {
      const answer = await answerOf(context, key, "GET", given);
      return answer.text;
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    produces: "text/plain",
    effects: "outside",
    summary: "公众号回调 / Callbacks of the official account",
    description:
      "明文与安全模式；4 秒内有答案则直接回复，否则先应答，再以客服消息发送；重复推送得到同样的回复且不会重复生效，任何被拒绝的回调答复相同。account_key 为 default。",
    accepts: { mediaTypes: ["*/*"], maxBytes: MAX_BYTES },
    request: { query, params, body: z.instanceof(Buffer) },
    handler: async ({ query: given, params: { account_key: key }, body, context }) => {
      const { text, contentType } = await answerOf(context, key, "POST", given, body);
      return reply(text, { headers: { "content-type": contentType } });
    },
  }),
];

async function answerOf(
  context: ServerContext,
  accountKey: string,
  method: "GET" | "POST",
  given: z.output<typeof query>,
  body?: Buffer,
): Promise<{ readonly text: string; readonly contentType: string }> {
  const account = context.config.officialAccountCallback;
  const appId = context.config.messaging.officialAccount?.appId ?? account?.appId;
  if (accountKey !== "default" || !account || appId === undefined) throw new HttpError(REFUSED.status, REFUSED.code);
  const { token, encodingAesKey, mode } = account;
  const handler = createOfficialAccountHandler({
    ...{ token, encodingAesKey, mode, appId, clock: context.clock, random: context.random, logger: context.logger },
    // Whatever is told again gets the same answer, from what is kept.
    dedupe: {
      async once(_key, work) {
        await work(undefined);
        return true;
      },
    },
    async onEvent(event, { key, reply: answer }) {
      const text = await takeEvent(context, BOOTSTRAP_TENANT_ID, event, key);
      if (text !== undefined && text !== "") answer({ kind: "text", content: text });
    },
  });
  const url = new URL("http://127.0.0.1/");
  for (const [name, value] of Object.entries(given)) {
    for (const one of [value].flat()) if (typeof one === "string") url.searchParams.append(name, one);
  }
  const response = await handler(new Request(url, { method, ...(body && { body: new Uint8Array(body) }) }));
  if (response.status === 403) throw new HttpError(REFUSED.status, REFUSED.code);
  // Not kept: the platform tells it again.
  if (response.status !== 200) throw new HttpError(503, "storage.busy");
  return { text: await response.text(), contentType: response.headers.get("content-type") ?? "text/plain" };
}

/** Keeps what is told; of a message the answer, if there is one in time. */
async function takeEvent(
  context: ServerContext,
  tenantId: number,
  event: OfficialAccountCallback,
  key: string,
): Promise<string | undefined> {
  const { stores, clock } = context;
  const now = clock.now();
  const taken = await stores.transaction(async (tx) => {
    await addCallbacks(tx as typeof stores, [
      {
        tenant_id: tenantId,
        event_hash: key,
        provider: "official-account",
        kind: (event.kind === "other" ? (event.event ?? event.messageType) : event.kind).slice(0, 191),
        reference: "messageId" in event ? event.messageId : "",
        address: event.fromUserName,
        outcome: "kept",
        at: event.createdAt,
        received_at: now,
      },
    ]);
    if (!KINDS.has(event.kind) || !("messageId" in event)) return undefined;
    const body = event.kind === "text" && "content" in event ? event.content : "";
    return takeMessage(
      stores,
      tenantId,
      {
        ...{ entrance: "official_account", address: event.fromUserName, kind: event.kind, body },
        ...{ eventHash: key, via: "callback", toldAt: event.createdAt },
      },
      now,
    );
  });
  if (!taken) return undefined;
  const late = new AbortController();
  const inbox = await inboxOf(context, tenantId);
  const work = workSession(inbox, taken.sessionId, context.stopping).catch((error: unknown) => {
    const cause = error instanceof Error ? error.name : "unknown";
    context.logger.warn("inbox.postponed", { tenantId, cause });
  });
  try {
    await Promise.race([work, clock.sleep(ANSWER_MS, late.signal).catch(() => {})]);
  } finally {
    late.abort();
  }
  const isLate = await leaveToEngine(stores, tenantId, taken.messageId);
  return isLate ? undefined : callbackAnswer(stores, tenantId, taken.messageId);
}
