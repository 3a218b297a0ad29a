import { type CustomerBook, createCustomerBook } from "./customers.js";
import { createIdentifiers, type Identifiers } from "./identifiers.js";
import { type ConfirmRule, defaultApp, staffList, type WecomSimulatorOptions } from "./options.js";
import { createReceiveCounter, defaultCap, type ReceiveCounter } from "./receive-cap.js";
import type { Attachment } from "./validate-attachment.js";

/** An access token of one app; kept after its end to tell "expired" from "unknown". */
export interface Token {
  readonly value: string;
  readonly app: App;
  readonly issuedAt: number;
  expiresAt: number;
  isRevoked: boolean;
}

/** An app of a corp and its current token. */
export interface App {
  readonly corp: Corp;
  readonly secret: string;
  readonly agentId: number;
  token: Token | undefined;
}

/** An uploaded temporary file; only its description is kept. */
export interface Upload {
  readonly mediaId: string;
  readonly corpId: string;
  readonly type: string;
  readonly filename: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly at: number;
}

/** One member's part of a task: `recipients[i]` has `status[i]` 0 unsent, 1 sent, 2 not a friend, 3 over the cap. */
export interface StaffTask {
  readonly userid: string;
  readonly recipients: readonly string[];
  readonly status: Uint8Array;
  /** When the member will confirm by themselves; Infinity = never. */
  readonly dueAt: number;
  confirmedAt: number | undefined;
  /** How many recipients have each status. */
  readonly counts: [waiting: number, sent: number, notFriend: number, capped: number];
}

/** A mass message that the provider accepted. */
export interface Task {
  readonly msgid: string;
  readonly corp: Corp;
  readonly createdAt: number;
  readonly text: string | undefined;
  readonly attachments: readonly Attachment[];
  readonly sender: string | undefined;
  readonly allowSelect: boolean;
  readonly failList: readonly string[];
  /** Repeated ids in the request; each person counts once. */
  readonly duplicates: number;
  readonly staff: readonly StaffTask[];
  readonly remindedAt: number[];
  cancelledAt: number | undefined;
}

/** Everything that one corp owns. */
export interface Corp {
  readonly corpId: string;
  readonly apps: App[];
  /** Userids in order, each with its place. */
  readonly staff: ReadonlyMap<string, number>;
  readonly customers: CustomerBook;
  readonly received: ReceiveCounter;
  readonly uploads: Map<string, Upload>;
  readonly imageUrls: Set<string>;
  /** In order of creation. */
  readonly tasks: Task[];
  readonly tasksById: Map<string, Task>;
  /** In order of arrival. */
  readonly staffMessages: StaffMessage[];
}

/** A direct message of an app to members. */
export interface StaffMessage {
  readonly msgid: string;
  readonly corpId: string;
  readonly at: number;
  readonly userids: readonly string[];
  readonly type: "text" | "image";
  /** As it arrived; undefined for an image. */
  readonly text: string | undefined;
}

/** One answered call; `errcode` is undefined when the caller was given no usable code. */
export interface CallRecord {
  readonly at: number;
  readonly path: string;
  readonly corpId: string | undefined;
  /** What the provider decided, even when the answer never reached the caller; undefined: nothing was decided. */
  readonly errcode: number | undefined;
  /** Kind of the scripted fault, if one struck. */
  readonly fault: string | undefined;
}

/** A confirmation that will happen by itself. */
interface PendingConfirmation {
  readonly task: Task;
  readonly staffTask: StaffTask;
}

/** The whole state of a simulator. */
export interface World {
  readonly now: () => number;
  readonly ids: Identifiers;
  readonly confirm: Required<ConfirmRule>;
  readonly dispatchingMs: number;
  readonly listedAfterMs: number;
  readonly tokenTtlMs: number;
  readonly mediaTtlMs: number;
  readonly corps: ReadonlyMap<string, Corp>;
  readonly tokens: Map<string, Token>;
  readonly calls: CallRecord[];
  pending: PendingConfirmation[];
}

/** The state at the start. */
export function createWorld(options: WecomSimulatorOptions): World {
  const share = options.confirm?.share ?? 1;
  if (!(share >= 0 && share <= 1)) throw new RangeError("confirm.share: 0 … 1 expected");
  return {
    now: options.clock === undefined ? Date.now : options.clock.now.bind(options.clock),
    ids: createIdentifiers(options.seed),
    confirm: { afterMs: options.confirm?.afterMs ?? "never", share },
    dispatchingMs: options.dispatchingMs ?? 0,
    listedAfterMs: options.listedAfterMs ?? 0,
    tokenTtlMs: (options.tokenTtlSeconds ?? 7200) * 1000,
    mediaTtlMs: options.mediaTtlMs ?? 3 * 86_400_000,
    corps: createCorps(options),
    tokens: new Map(),
    calls: [],
    pending: [],
  };
}

const DEFAULT_AGENT_ID = 1_000_002;

function createCorps(options: WecomSimulatorOptions): Map<string, Corp> {
  const corps = new Map<string, Corp>();
  for (const entry of options.corps ?? [defaultApp]) {
    const staff = staffList(entry.staff ?? options.staff ?? 5);
    const corp: Corp = corps.get(entry.corpId) ?? {
      corpId: entry.corpId,
      apps: [],
      staff: new Map(staff.map((userid, index) => [userid, index])),
      customers: createCustomerBook(entry.customers ?? options.customers ?? "any", staff),
      received: createReceiveCounter(entry.cap ?? options.cap ?? defaultCap),
      uploads: new Map(),
      imageUrls: new Set(),
      tasks: [],
      tasksById: new Map(),
      staffMessages: [],
    };
    corp.apps.push({ corp, secret: entry.secret, agentId: entry.agentId ?? DEFAULT_AGENT_ID, token: undefined });
    corps.set(entry.corpId, corp);
  }
  return corps;
}
