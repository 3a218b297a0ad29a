import type { Fields } from "./call.js";
import { type CallCounter, createCallCounter } from "./call-quota.js";
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
  /** Whether it may call the customer-contact API. */
  readonly isCallable: boolean;
  /** From where it may be called; undefined: from anywhere. */
  readonly trustedIps: readonly string[] | undefined;
  token: Token | undefined;
  /** When each request of `message/send` came last, for its duplicate check. */
  readonly sentRequests: Map<string, number>;
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
  /** Whether `recipients` are customer groups. */
  readonly areGroups: boolean;
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
  readonly chatType: "single" | "group";
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

/** A group of corp tags. */
export interface TagGroup {
  readonly id: string;
  name: string;
  order: number;
  readonly createdAt: number;
  /** Agent id of the app that made it; only that one may change it. */
  readonly madeBy: number;
  tags: { readonly id: string; name: string; order: number; readonly createdAt: number }[];
}

/** A way by which customers add members. */
export interface ContactWay {
  readonly configId: string;
  readonly type: 1 | 2;
  readonly scene: 1 | 2;
  readonly remark: string;
  readonly state: string;
  readonly skip_verify: boolean;
  readonly user: readonly string[];
  readonly createdAt: number;
}

/** A code that greets one new customer. */
interface WelcomeCode {
  readonly at: number;
  readonly userid: string;
  readonly externalUserid: string;
  isUsed: boolean;
}

/** A welcome message that a customer received. */
export interface Welcome {
  readonly corpId: string;
  readonly at: number;
  readonly userid: string;
  readonly externalUserid: string;
  readonly text: string | undefined;
  readonly attachments: readonly Attachment[];
}

/** A customer group and its owner. */
export interface CustomerGroup {
  readonly chatId: string;
  readonly owner: string;
  readonly name: string;
}

/** A message that a service account sent to a customer. */
export interface KfSent {
  readonly msgid: string;
  readonly externalUserid: string;
  /** Epoch ms. */
  readonly at: number;
  readonly type: string;
  /** Of a text, as far as the provider passes it on; empty of other types. */
  readonly text: string;
}

/** What `kf/sync_msg` tells: a message of a customer or of a member, or an event. */
export interface KfTold {
  readonly msgid: string;
  readonly at: number;
  /** 3 a customer, 4 the system, 5 a member. */
  readonly origin: 3 | 4 | 5;
  /** Empty of an event that is nobody's. */
  readonly externalUserid: string;
  readonly msgtype: string;
  /** The part of its type, and whatever else it tells. */
  readonly fields: Fields;
}

/** A service account and what was written in it. */
export interface KfAccount {
  readonly openKfid: string;
  readonly name: string;
  readonly received: KfTold[];
  readonly sent: KfSent[];
  /** Sessions that are not new, by customer. */
  readonly sessions: Map<string, { readonly state: number; readonly servicer: string }>;
  /** Customers by the code with which their change of session may be told, once. */
  readonly codes: Map<string, string>;
  /** Tokens of callbacks, and when each was told. */
  readonly tokens: Map<string, number>;
}

/** A bot in a group of members. */
export interface Bot {
  readonly messages: { readonly at: number; readonly type: string; readonly content: Fields }[];
  readonly uploads: Map<string, Upload>;
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
  /** What was uploaded, by media id. */
  readonly files: Map<string, Buffer>;
  readonly imageUrls: Set<string>;
  /** In order of creation. */
  readonly tasks: Task[];
  readonly tasksById: Map<string, Task>;
  /** In order of arrival. */
  readonly staffMessages: StaffMessage[];
  readonly groups: ReadonlyMap<string, CustomerGroup>;
  tagGroups: TagGroup[];
  readonly contactWays: Map<string, ContactWay>;
  readonly welcomeCodes: Map<string, WelcomeCode>;
  readonly welcomes: Welcome[];
  readonly kfAccounts: readonly KfAccount[];
  /** Members whose customers may not be read. */
  readonly unlicensed: ReadonlySet<string>;
}

/** A direct message of an app to members. */
export interface StaffMessage {
  readonly msgid: string;
  readonly corpId: string;
  readonly at: number;
  readonly userids: readonly string[];
  /** `text`, `image`, `news` … */
  readonly type: string;
  /** As it arrived; undefined of other types. */
  readonly text: string | undefined;
  /** The part of its type, as it was sent. */
  readonly content: Fields;
  /** When it was withdrawn. */
  recalledAt: number | undefined;
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

/** What a callback would tell, by WeCom's names, without what all callbacks have. @see https://developer.work.weixin.qq.com/document/path/92130 */
export type CallbackEvent = Readonly<Record<string, string | number>> & { readonly ToUserName: string };

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
  readonly bots: ReadonlyMap<string, Bot>;
  readonly quota: CallCounter;
  /** Most members of one `batch/get_by_user`. */
  readonly mostMembersPerBatch: number;
  /** Tells of what happened among members and customers. */
  readonly listeners: Set<(event: CallbackEvent) => void>;
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
    bots: new Map((options.bots ?? []).map((key) => [key, { messages: [], uploads: new Map() }])),
    quota: createCallCounter(options.callQuota),
    mostMembersPerBatch: options.mostMembersPerBatch ?? 100,
    listeners: new Set(),
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
      files: new Map(),
      imageUrls: new Set(),
      tasks: [],
      tasksById: new Map(),
      staffMessages: [],
      groups: new Map((entry.groups ?? options.groups ?? []).map((group) => [group.chatId, { name: "", ...group }])),
      tagGroups: [],
      contactWays: new Map(),
      welcomeCodes: new Map(),
      welcomes: [],
      kfAccounts: (entry.kfAccounts ?? options.kfAccounts ?? []).map((openKfid) => ({
        openKfid,
        name: openKfid,
        received: [],
        sent: [],
        sessions: new Map(),
        codes: new Map(),
        tokens: new Map(),
      })),
      unlicensed: new Set(entry.unlicensed ?? options.unlicensed ?? []),
    };
    const { secret, agentId = DEFAULT_AGENT_ID, isCallable = true, trustedIps } = entry;
    corp.apps.push({ corp, secret, agentId, isCallable, trustedIps, token: undefined, sentRequests: new Map() });
    corps.set(entry.corpId, corp);
  }
  return corps;
}

/** A message to members by its id. */
export function findStaffMessage(corp: Corp, msgid: string): StaffMessage | undefined {
  return corp.staffMessages.find((message) => message.msgid === msgid);
}
