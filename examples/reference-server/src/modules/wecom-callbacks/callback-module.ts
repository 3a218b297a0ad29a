import { ConfigError } from "@recallkit/core";
import type { Stores } from "@recallkit/core/ports";
import { type Call, defineRoute, type HttpContext, HttpError, type Module } from "@recallkit/http";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type CallbackSecrets, type ReceivedCallback, type WecomCallback, wecomCallbackReader } from "@recallkit/wecom";
import * as z from "zod";
import type { AskContact } from "./contact.js";
import { wecomCallbacksMigrations } from "./migrations.js";
import { type ContactDesk, type OnContact, settleContacts } from "./settle-contacts.js";
import { takeEvent } from "./take-event.js";

/** Whose account an address of callbacks belongs to. */
export interface CallbackAccount extends CallbackSecrets {
  readonly tenantId: number;
}

/** What the module asks of its host. */
export interface WecomCallbackHost<C extends HttpContext> {
  /** Finds the account of an address, `default` for the one without a key; undefined: there is none. */
  findAccount(context: C, accountKey: string): Promise<CallbackAccount | undefined>;
  /** @default WeCom is not asked: what was told last counts, and contacts stay unmatched */
  askContact?(context: C): AskContact;
  /** Told of contacts that members have, inside the transaction that settles each. @default nobody is */
  onContact?(context: C): OnContact;
  /** What becomes of messages of members to the app, and of news of customer service (`kf_msg_or_event`). @default they are listed and nothing more */
  messages?(context: C): MemberMessages;
}

/** What becomes of messages of members. */
export interface MemberMessages {
  /** Keeps one, inside the transaction that keeps the callback. */
  keep(tenantId: number, received: ReceivedCallback<WecomCallback>): Promise<void>;
  /** Does what follows, after the commit; nobody waits for it. */
  work(tenantId: number, received: ReceivedCallback<WecomCallback>): Promise<unknown>;
}

const MAX_BYTES = 64 * 1024;
const REFUSED = { status: 403, code: "callback.refused" } as const;
const DEFAULT_KEY = "default";

const parameter = z.union([z.string(), z.array(z.string())]).optional();
const query = z.looseObject({ msg_signature: parameter, timestamp: parameter, nonce: parameter });
const echoQuery = query.extend({ echostr: parameter });
const params = z.strictObject({ account_key: z.string() });

const facts = {
  auth: "public",
  limit: "callback",
  refusal: REFUSED,
  tags: ["回调 / Callbacks"],
  produces: "text/plain",
  response: z.string(),
  errors: { 403: { description: "被拒绝 / refused" } },
} as const;
const verifies = {
  ...facts,
  method: "get",
  summary: "验证企业微信回调地址 / Verify the address for WeCom",
} as const;
const takes = {
  ...facts,
  method: "post",
  summary: "企业微信回调 / Callbacks of WeCom",
  description:
    "外部联系人、标签、客户群事件与成员消息；保存后立即应答，重复推送不会重复生效，任何被拒绝的回调答复相同。account_key 为 default 时使用环境变量中的账号，各商户的地址见 `recallkit wecom-callbacks`。",
  accepts: { mediaTypes: ["*/*"], maxBytes: MAX_BYTES },
} as const;
const PATH = "/api/callbacks/wecom/:account_key";
/** The address that was documented first; the account is the environment's. */
const FIRST_PATH = "/api/wechat/work-message";

/**
 * `/api/callbacks/wecom/:account_key` and `/api/wechat/work-message`: what WeCom tells of contacts and members. An event is kept
 * once, in one transaction with what is to follow from it, and answered; what follows is done right after that, and by
 * {@link settleContacts} where the process ended in between.
 */
export function wecomCallbacks<C extends HttpContext>(host: WecomCallbackHost<C>) {
  type Asked = Pick<Call, "query" | "context"> & { readonly accountKey: string };

  async function accountOf({ context, accountKey }: Asked) {
    // The frame hands over the context of the app that the module was made for.
    const account = await host.findAccount(context as C, accountKey);
    if (!account) throw new HttpError(REFUSED.status, REFUSED.code);
    return { tenantId: account.tenantId, reader: wecomCallbackReader({ ...account, clock: context.clock }) };
  }
  async function verify(asked: Asked): Promise<string> {
    const { reader } = await accountOf(asked);
    const echo = reader.echo(parametersOf(asked.query));
    if (echo === undefined) throw new HttpError(REFUSED.status, REFUSED.code);
    return echo;
  }
  async function take(asked: Asked & { readonly body: Buffer }): Promise<string> {
    const { tenantId, reader } = await accountOf(asked);
    const received = reader.read(parametersOf(asked.query), asked.body);
    if (received === undefined) throw new HttpError(REFUSED.status, REFUSED.code);
    const desk = deskOf(asked.context as C, host);
    const messages = host.messages?.(asked.context as C);
    const keep = messages && ((told: typeof received) => messages.keep(tenantId, told));
    const taken = await takeEvent({ stores: desk.stores, now: desk.clock.now(), keep }, tenantId, received);
    // Nobody waits for it: WeCom wants its answer now. What fails is done by the next turn.
    const later = (work: Promise<unknown> | undefined) =>
      work?.catch((error: unknown) => {
        const cause = error instanceof Error ? error.name : "unknown";
        desk.logger.warn("wecom.effects-postponed", { tenantId, cause });
      });
    if (taken === "followed") void later(settleContacts(desk, { tenantId }));
    if (taken === "kept") void later(messages?.work(tenantId, received));
    return "";
  }

  return {
    name: "wecom-callbacks",
    migrations: wecomCallbacksMigrations,
    routes: [
      defineRoute({
        ...verifies,
        path: PATH,
        request: { query: echoQuery, params },
        handler: (call) => verify({ ...call, accountKey: call.params.account_key }),
      }),
      defineRoute({
        ...takes,
        path: PATH,
        request: { query, params, body: z.instanceof(Buffer) },
        handler: (call) => take({ ...call, accountKey: call.params.account_key }),
      }),
      defineRoute({
        ...verifies,
        path: FIRST_PATH,
        request: { query: echoQuery },
        handler: (call) => verify({ ...call, accountKey: DEFAULT_KEY }),
      }),
      defineRoute({
        ...takes,
        path: FIRST_PATH,
        request: { query, body: z.instanceof(Buffer) },
        handler: (call) => take({ ...call, accountKey: DEFAULT_KEY }),
      }),
    ],
  } satisfies Module;
}

/** What settling needs, out of a host's context. @throws {ConfigError} `config.invalid` for `stores` that are not of an SQL engine */
export function deskOf<C extends HttpContext>(context: C, host: WecomCallbackHost<C>): ContactDesk {
  const { kit, clock, logger } = context;
  const hooks = { askContact: host.askContact?.(context), onContact: host.onContact?.(context) };
  return { kit, stores: sqlStoresOf(context.stores), clock, logger, ...hooks };
}

function sqlStoresOf(stores: Stores): SqlStores {
  // Only stores of an SQL engine have both.
  if ("sql" in stores && "rows" in stores) return stores as SqlStores;
  throw new ConfigError("config.invalid", "stores", "callbacks of WeCom need stores of an SQL engine");
}

/** The parameters as they came, repeated ones too. */
function parametersOf(given: unknown): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(given as z.output<typeof query>)) {
    for (const one of [value].flat()) if (typeof one === "string") parameters.append(name, one);
  }
  return parameters;
}
