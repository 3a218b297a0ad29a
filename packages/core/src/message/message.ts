import type { CustomerId, MessageBatchId, MessageId, MessageTemplateId, TenantId } from "../id.js";
import type { InstantInput } from "../instant.js";
import type { PageOptions } from "../page.js";
import type { MessageState } from "./states.js";

/** One message of a template to one address. */
export interface Message {
  /** Unique in the installation; rises in the order of acceptance. */
  readonly id: MessageId;
  /** The merchant who sends. */
  readonly tenantId: TenantId;
  /** Batch that it was accepted with; null: by itself. */
  readonly batchId: MessageBatchId | null;
  /** Its template. */
  readonly templateId: MessageTemplateId;
  /** Version of the template that it was accepted with. */
  readonly templateVersion: number;
  /** Name of the channel. */
  readonly channel: string;
  /** Who has the address, as far as the ledger knew when it was accepted; null: nobody. */
  readonly customerId: CustomerId | null;
  /** On the channel; null once it was taken away with an erasure. */
  readonly address: string | null;
  /** Keyed hash of the address, by which messages are found: 32 hex digits. */
  readonly addressHash: string;
  /** Zone of the person, which quiet hours go by; null: the tenant's. */
  readonly timeZone: string | null;
  /** Values of the variables of the template. */
  readonly variables: Readonly<Record<string, string>>;
  /** Whether consents, caps and quiet hours hold for it. */
  readonly messageClass: "marketing" | "transactional";
  /** 0 … 10, 10 is the most urgent. */
  readonly priority: number;
  /** How far it is. */
  readonly state: MessageState;
  /** Of a `suppressed` one a `ContactReason`; of others a word of the engine or of the provider. */
  readonly reason: string | null;
  /** When the engine looks at it next, epoch ms; null: never by itself. */
  readonly notBefore: number | null;
  /** Last moment to begin an attempt, epoch ms. */
  readonly expiresAt: number;
  /** Attempts at sending it. */
  readonly attempts: number;
  /** Attempts after one whose outcome was unknown. */
  readonly resends: number;
  /** Look-ups of an unknown outcome, or polls of reports, since the last change of state. */
  readonly checks: number;
  /** Beginning of the last attempt, epoch ms. */
  readonly attemptedAt: number | null;
  /** When the provider took it, epoch ms. */
  readonly acceptedAt: number | null;
  /** When the provider's report said what became of it, epoch ms. */
  readonly reportedAt: number | null;
  /** The provider's name for it. */
  readonly providerMessageId: string | null;
  /** The process that works on it; null: none. */
  readonly leaseOwner: string | null;
  /** Until when that process has it, in ms since the epoch. */
  readonly leaseUntil: number | null;
  /** Number of the claim, growing. */
  readonly leaseEpoch: number;
  /** What a repeat of the request that made it carries. */
  readonly requestKey: string;
  /** When it was accepted, epoch ms. */
  readonly createdAt: number;
  /** Last change of state, epoch ms. */
  readonly updatedAt: number;
}

/** A message to send. */
export interface MessageInput {
  /** An active template. */
  readonly templateId: MessageTemplateId;
  /** An address of the template's channel: E.164 or a mainland mobile, an e-mail address, an openid … 1 … 255 characters. */
  readonly recipient: string;
  /** Values of the variables that the template declares. @default none */
  readonly variables?: Readonly<Record<string, string | number>> | null | undefined;
  /** 0 … 10, 10 is the most urgent. @default 5 */
  readonly priority?: number | null | undefined;
  /** When it goes out, at the earliest; at most a year ahead, not in the past. @default now */
  readonly sendAt?: InstantInput | null | undefined;
  /** 1 … 200 printable characters: a repeat with the same key is the same message. @default none: each call is a message */
  readonly idempotencyKey?: string | null | undefined;
  /**
   * Sends of a window become one message, which goes out when the window ends, with the values of the last one and
   * `{{digest_count}}`. Windows begin at multiples of their length. Not with `sendAt` or `idempotencyKey`. @default none
   */
  readonly digest?: MessageGathering | null | undefined;
  /**
   * The first send of a window goes out at once; others within a window's length after it are answered as that message and
   * are not sent. Not with `digest`, `sendAt` or `idempotencyKey`. @default none
   */
  readonly throttle?: MessageGathering | null | undefined;
}

/** Sends that are one message. */
export interface MessageGathering {
  /** What they have in common, 1 … 200 characters: an order, a ticket. Template and address are told apart by themselves. */
  readonly key: string;
  /** Length of the window, ms, 1 000 … 86 400 000. */
  readonly windowMs: number;
}

/** A recipient of a batch: an address, or one with values of its own. */
export type BatchRecipientInput =
  | string
  | {
      readonly recipient: string;
      readonly variables?: Readonly<Record<string, string | number>> | null | undefined;
    };

/** One message for many. */
export interface MessageBatchInput extends Omit<MessageInput, "recipient" | "digest" | "throttle"> {
  /** 1 … 10 000; of an address that is given twice the first counts. */
  readonly recipients: readonly BatchRecipientInput[];
}

/** A recipient that a batch leaves out. */
export interface MessageRejection {
  /** Position in `recipients`. */
  readonly index: number;
  /** Dotted, beginning in the recipient. */
  readonly path: string;
  /** Why, as a code of the list of errors. */
  readonly code: string;
  /** Why, as a sentence without values. */
  readonly message: string;
}

/** A batch as it was accepted. */
export interface MessageBatch {
  /** Unique in the installation. */
  readonly id: MessageBatchId;
  /** The merchant who sends. */
  readonly tenantId: TenantId;
  /** The template of all its messages. */
  readonly templateId: MessageTemplateId;
  /** 0 … 10; higher goes first. */
  readonly priority: number;
  /** Recipients that were given. */
  readonly total: number;
  /** Messages that were accepted. */
  readonly accepted: number;
  /** Recipients whose address stood before. */
  readonly duplicates: number;
  /** Recipients that were left out, and why. */
  readonly rejected: readonly MessageRejection[];
  /** Names the request: the same one is the same batch. */
  readonly requestKey: string;
  /** When it was accepted, in ms since the epoch. */
  readonly createdAt: number;
  /** When it was cancelled, epoch ms; null: it was not. */
  readonly cancelledAt: number | null;
}

/** Messages by state; states without one are left out. */
export type MessageCounts = Readonly<Partial<Record<MessageState, number>>>;

/** How far a batch is. */
export interface MessageProgress extends MessageBatch {
  /** Its messages by state. */
  readonly byState: MessageCounts;
  /** Messages that nothing but a report changes any more. */
  readonly done: number;
  /** 0 … 1; 1 when every message is done. */
  readonly progress: number;
}

/** A message as its sender sees it, with the name of its trace. */
export interface SentMessage extends Message {
  /** Opaque; names the message where it is traced. */
  readonly traceId: string;
  /** False: a repeat of an earlier request. */
  readonly isNew: boolean;
}

/** Nodes of a trace, in the order in which a message goes through them. */
export const TRACE_NODES = ["queue", "process", "send", "callback"] as const;
export type TraceNode = (typeof TRACE_NODES)[number];

/** Something that happened to a message beside the ordinary way: kept as it happened. */
export interface MessageEvent {
  /** Its id. */
  readonly id: number;
  /** The merchant who sends. */
  readonly tenantId: TenantId;
  /** The message that it is about. */
  readonly messageId: MessageId;
  /** Where on its way the message was. */
  readonly node: TraceNode;
  /** What it came to: a state, or a word of the engine. */
  readonly outcome: string;
  /** Class of the failure; null: it was none. */
  readonly errorClass: string | null;
  /** Codes only, never addresses or texts. */
  readonly detail: string | null;
  /** Attempt that it belongs to, from 1; 0: none. */
  readonly attempt: number;
  /** When, in ms since the epoch. */
  readonly at: number;
}

/** What a list of messages takes. */
export interface MessageListOptions extends PageOptions {
  /** Only those of a batch. */
  readonly batchId?: MessageBatchId | null | undefined;
  /** Only those of a template. */
  readonly templateId?: MessageTemplateId | null | undefined;
  /** Only those of a channel. */
  readonly channel?: string | null | undefined;
  /** An address; what is looked for is its hash. */
  readonly recipient?: string | null | undefined;
  /** Hash of an address, as messages carry it. */
  readonly recipientHash?: string | null | undefined;
  /** Only the one that the provider calls so. */
  readonly providerMessageId?: string | null | undefined;
  /** Only those in one of these states; at least one. @default in any */
  readonly states?: readonly MessageState[] | null | undefined;
  /** Only those accepted at or after it. @default of all times */
  readonly since?: InstantInput | null | undefined;
}
