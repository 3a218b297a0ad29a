import * as z from "zod";
import { REVIEW_DECISIONS, type ReviewDecision } from "../delivery/decide.js";
import { type EngineContext, UNHEARD } from "../engine/engine-context.js";
import { StorageError } from "../errors.js";
import type { MessageBatchId, MessageId, MessageTemplateId } from "../id.js";
import { idSchema, objectSchema } from "../input.js";
import type { InstantInput, Read } from "../instant.js";
import type { MessageContext } from "../message/accept.js";
import { addressHash, searchedAddress } from "../message/address.js";
import { decideMessage } from "../message/decide-message.js";
import type {
  Message,
  MessageBatch,
  MessageBatchInput,
  MessageEvent,
  MessageInput,
  MessageListOptions,
  MessageProgress,
  SentMessage,
} from "../message/message.js";
import { traceIdOf } from "../message/message-names.js";
import {
  type MessageDay,
  type MessageStatistics,
  messagePeriodSchema,
  messageStatistics,
  messageTrend,
  messageTrendSchema,
} from "../message/message-statistics.js";
import { LANES, type Lane } from "../message/priority.js";
import { batchProgress, cancelBatch, cancelMessage, sendMessage, sendMessageBatch } from "../message/send.js";
import { messageBatchSchema, messageInputSchema, messageListSchema } from "../message/send-schema.js";
import {
  type MessageTemplate,
  TEMPLATE_STATUSES,
  type TemplateStatus,
  type TemplateVersion,
} from "../message/template.js";
import {
  createTemplate,
  editTemplate,
  getTemplate,
  previewTemplate,
  setTemplateStatus,
  type TemplatePreview,
} from "../message/template-calls.js";
import { type TemplateInput, templateListSchema } from "../message/template-schema.js";
import { type MessageTrace, traceMessage } from "../message/trace.js";
import {
  type MessageUnsubscribe,
  UNSUBSCRIBE_SCOPES,
  type UnsubscribeScope,
  unsubscribeMessage,
} from "../message/unsubscribe-message.js";
import type { Listing, PageOptions } from "../page.js";
import type { MessageFilter } from "../ports/message-store.js";
import type { TemplateFilter } from "../ports/template-store.js";
import { searchForm } from "../text.js";
import { type Argument, checkArguments, type checkedCalls } from "./checked-call.js";
import { type listingsOf, optionsOf } from "./listings.js";

/** What a list of templates takes. */
export interface TemplateListOptions extends PageOptions {
  /** Only those of a channel. */
  readonly channel?: string | null | undefined;
  /** Only those of a status. */
  readonly status?: TemplateStatus | null | undefined;
  /** Part of the name, whatever its case. */
  readonly search?: string | null | undefined;
}

/** Messages that wait, by lane, and those that are being sent. */
export interface MessagesWaiting {
  /** Messages that are due or will be, by lane. */
  readonly byLane: Readonly<Record<Lane, number>>;
  /** Messages that are handed over at the moment. */
  readonly dispatching: number;
}

/** Templates of messages. Those that are listed come by ascending id. */
export interface TemplateKit extends Listing<TemplateListOptions, MessageTemplate> {
  /** @throws {InputError} every fault at once, also what the channel objects to */
  create(
    input: TemplateInput,
    options?: { readonly status?: TemplateStatus | null | undefined },
  ): Promise<MessageTemplate>;
  /**
   * Adds a version; messages that were accepted keep theirs.
   *
   * @param options `version`: the newest one as the caller knows it
   * @throws {InputError}. @throws {NotFoundError} `template.not-found`. @throws {ConflictError} `state.stale-version`
   */
  edit(
    templateId: MessageTemplateId,
    input: TemplateInput,
    options?: { readonly version?: number | null | undefined; readonly status?: TemplateStatus | null | undefined },
  ): Promise<MessageTemplate>;
  /** `inactive`: no further message is accepted; those that were accepted go out. @throws {NotFoundError} `template.not-found` */
  setStatus(templateId: MessageTemplateId, status: TemplateStatus): Promise<MessageTemplate>;
  /** @throws {NotFoundError} `template.not-found` */
  get(templateId: MessageTemplateId): Promise<MessageTemplate>;
  /** @throws {NotFoundError} `template.not-found` */
  versions(templateId: MessageTemplateId): Promise<readonly TemplateVersion[]>;
  /** Shows what a message would say, and what its channel objects to; nothing is sent. @param variables those left out are the examples */
  preview(
    templateId: MessageTemplateId,
    variables?: Readonly<Record<string, string | number>>,
  ): Promise<TemplatePreview>;
}

/** What `send` and `sendBatch` take beside the message. */
export interface MessageSendOptions {
  /** An open transaction of the application, as `withTransaction` takes it: the message is accepted when it commits, or not at all. */
  readonly tx?: object | null | undefined;
}

/** Messages of templates to single addresses. Those that are listed come newest first. */
export interface MessageKit extends Listing<MessageListOptions, SentMessage> {
  /** The templates. */
  readonly templates: TemplateKit;
  /**
   * Accepts a message: once this returns it goes out while `run` works, once.
   *
   * @throws {InputError} every fault at once. @throws {NotFoundError} `template.not-found`
   * @throws {ConflictError} `template.inactive`; `message.request-differs`: the key was used for another message
   */
  send(input: MessageInput, options?: MessageSendOptions): Promise<SentMessage>;
  /** The same for up to 10 000 recipients, as one batch; what is wrong with single ones is told in `rejected`. */
  sendBatch(
    input: MessageBatchInput,
    options?: MessageSendOptions,
  ): Promise<MessageBatch & { readonly isNew: boolean }>;
  /** @returns undefined: there is none */
  get(messageId: MessageId): Promise<SentMessage | undefined>;
  /** How far a batch is. @throws {NotFoundError} `message-batch.not-found` */
  batch(batchId: MessageBatchId): Promise<MessageProgress>;
  /** Cancels what has not begun. @throws {NotFoundError} `message-batch.not-found` */
  cancelBatch(batchId: MessageBatchId): Promise<{ readonly cancelled: number; readonly batch: MessageProgress }>;
  /** @throws {NotFoundError} `message.not-found`. @throws {ConflictError} `message.begun` */
  cancel(messageId: MessageId): Promise<Message>;
  /** Where a message went. @throws {NotFoundError} `trace.not-found`: unknown, or a week is over and nothing went wrong */
  trace(traceId: string): Promise<MessageTrace>;
  /** What happened to a message beside the ordinary way, by instant. */
  events(messageId: MessageId): Promise<readonly MessageEvent[]>;
  /** Figures of messages accepted in a period. @default the last 7 days */
  statistics(period?: {
    readonly from?: InstantInput | null | undefined;
    readonly to?: InstantInput | null | undefined;
  }): Promise<MessageStatistics>;
  /** What waits and what is under way at this moment. */
  waiting(): Promise<MessagesWaiting>;
  /** Figures of the last local days, today last. @param options `days`: 1 … 90. @default 7 */
  trend(options?: { readonly days?: number | null | undefined }): Promise<readonly MessageDay[]>;
  /** Writes down what somebody found out about a message in review. @throws {NotFoundError}. @throws {ConflictError} `review.closed`, `review.too-late` */
  decide(messageId: MessageId, decision: ReviewDecision): Promise<Message>;
  /** Lets reports be asked for now, for example since the provider has just told of them. @returns messages that are due now */
  expedite(providerMessageIds: readonly string[]): Promise<number>;
}

/** Makes the call by which readers refuse, over all tenants. */
export function messageUnsubscriber(
  engine: EngineContext,
): (
  token: string,
  options?: { readonly isLook?: boolean | null | undefined; readonly scope?: UnsubscribeScope | null | undefined },
) => Promise<MessageUnsubscribe> {
  return async (...given) => {
    const [token, how] = checkArguments([["token", z.string().max(255)], lookOptions], given);
    return unsubscribeMessage(engine, token, { isLook: how?.isLook, scope: how?.scope });
  };
}

const DAY_MS = 86_400_000;
const templateId: Argument = ["templateId", idSchema];
const messageId: Argument = ["messageId", idSchema];
const batchId: Argument = ["batchId", idSchema];
const anything: Argument = ["", z.unknown()];
const status = z.enum(TEMPLATE_STATUSES);
const lookOptions = optionsOf(
  z.strictObject({ isLook: z.boolean().optional(), scope: z.enum(UNSUBSCRIBE_SCOPES).optional() }),
);
const sendOptions = optionsOf(z.strictObject({ tx: objectSchema.optional() }));
const createOptions = optionsOf(z.strictObject({ status: status.optional() }));
const editOptions = optionsOf(z.strictObject({ status: status.optional(), version: z.int().min(1).optional() }));
const values: Argument = ["variables", z.record(z.string(), z.unknown()).optional()];

/** The calls about messages of a tenant. @param zone the tenant's */
export function messageKit(
  engine: EngineContext & { readonly tenantId: number },
  call: ReturnType<typeof checkedCalls>,
  listing: ReturnType<typeof listingsOf>,
  zone: () => Promise<string>,
): MessageKit {
  const { stores, clock, tenantId } = engine;
  const context: MessageContext = engine;
  const named = async (message: Message, isNew = false): Promise<SentMessage> => ({
    ...message,
    traceId: traceIdOf(await engine.markerKey(tenantId), message.id),
    isNew,
  });
  return {
    templates: templateKit(engine, call, listing),
    send: call<[input: MessageInput, options?: MessageSendOptions], SentMessage>(
      [["", messageInputSchema], sendOptions],
      (input, how) => sendMessage(within(context, how), input),
    ),
    sendBatch: call<
      [input: MessageBatchInput, options?: MessageSendOptions],
      Awaited<ReturnType<MessageKit["sendBatch"]>>
    >([["", messageBatchSchema], sendOptions], (input, how) => sendMessageBatch(within(context, how), input)),
    get: call([messageId], async (id: number) => {
      const message = await stores.messages.get(tenantId, id);
      return message && named(message);
    }),
    ...listing(messageListSchema, async ({ recipient, recipientHash, ...filter }: Read<MessageListOptions>) => {
      const key = await engine.markerKey(tenantId);
      const hash = recipient === undefined ? recipientHash : addressHash(key, searchedAddress(recipient));
      // The schema has left out what is absent.
      const meant = { ...filter, ...(hash !== undefined && { addressHash: hash }) } as MessageFilter;
      const page = await stores.messages.list(tenantId, meant);
      return { ...page, items: page.items.map((one) => ({ ...one, traceId: traceIdOf(key, one.id), isNew: false })) };
    }),
    batch: call([batchId], (id: number) => batchProgress(stores, tenantId, id)),
    cancelBatch: call([batchId], (id: number) => cancelBatch(context, id)),
    cancel: call([messageId], (id: number) => cancelMessage(context, id)),
    trace: call([["traceId", z.string().max(64)]], async (traceId: string) =>
      traceMessage(stores, await engine.markerKey(tenantId), tenantId, traceId, clock.now()),
    ),
    events: call([messageId], (id: number) => stores.messages.events(tenantId, id)),
    statistics: call(
      [optionsOf(messagePeriodSchema)],
      ({ from, to }: { readonly from?: number; readonly to?: number } = {}) => {
        const end = to ?? clock.now() + 1;
        return messageStatistics(stores, tenantId, { from: from ?? end - 7 * DAY_MS, to: end });
      },
    ) as MessageKit["statistics"],
    waiting: call([], async () => {
      const { byLane, dispatching } = await stores.messages.waiting(tenantId);
      const lanes = LANES.map((lane, number) => [lane, byLane[number] ?? 0] as const);
      // Every lane is named.
      return { byLane: Object.fromEntries(lanes) as MessagesWaiting["byLane"], dispatching };
    }),
    trend: call([optionsOf(messageTrendSchema)], async ({ days = 7 }: { readonly days?: number } = {}) =>
      messageTrend(stores, tenantId, { now: clock.now(), timeZone: await zone(), days }),
    ) as MessageKit["trend"],
    decide: call([messageId, ["decision", z.enum(REVIEW_DECISIONS)]], (id: number, decision: ReviewDecision) =>
      decideMessage(context, id, decision),
    ),
    expedite: call(
      [["providerMessageIds", z.array(z.string().min(1).max(255)).max(1_000)]],
      async (ids: readonly string[]) => {
        const due = await stores.messages.expedite(tenantId, ids, clock.now());
        if (due > 0) engine.bell.ring();
        return due;
      },
    ),
  };
}

function templateKit(
  context: EngineContext & { readonly tenantId: number },
  call: ReturnType<typeof checkedCalls>,
  listing: ReturnType<typeof listingsOf>,
): TemplateKit {
  const { stores, tenantId } = context;
  return {
    create: call([anything, createOptions], (input, how) => createTemplate(context, input, how?.status ?? "active")),
    edit: call([templateId, anything, editOptions], (id, input, how) =>
      editTemplate(context, id, input, { version: how?.version ?? undefined, status: how?.status ?? undefined }),
    ),
    setStatus: call([templateId, ["status", status]], (id, to) => setTemplateStatus(context, id, to)),
    get: call([templateId], (id) => getTemplate(stores, tenantId, id)),
    versions: call([templateId], async (id: number) => {
      await getTemplate(stores, tenantId, id);
      return stores.templates.versions(tenantId, id);
    }),
    preview: call([templateId, values], (id, given) => previewTemplate(context, id, given)),
    ...listing(templateListSchema, ({ search, ...filter }: Read<TemplateListOptions>) =>
      // The schema has left out what is absent.
      stores.templates.list(tenantId, {
        ...filter,
        ...(search !== undefined && { search: searchForm(search) }),
      } as TemplateFilter),
    ),
  };
}

/** The same calls inside a transaction of the application; nobody is woken before it commits. */
function within(context: MessageContext, how: object | undefined): MessageContext {
  // An object that the schema has let through as it is.
  const hostTransaction = (how as { readonly tx?: object } | undefined)?.tx;
  if (hostTransaction === undefined) return context;
  const { stores } = context;
  if (!stores.within) {
    throw new StorageError("transaction.unsupported", "these stores cannot join a transaction of the application", {
      hint: "use stores on SQLite, PostgreSQL or MySQL",
    });
  }
  const { messageBell, announce } = UNHEARD;
  return { ...context, stores: stores.within(hostTransaction), messageBell, announce };
}
