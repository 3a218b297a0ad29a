import type { CallQuota } from "./call-quota.js";
import type { CustomerSource } from "./customers.js";
import type { ReceiveCap } from "./receive-cap.js";

/** One self-built app of a corp. Several entries with one `corpId` are several apps of that corp. */
export interface SimulatedApp {
  readonly corpId: string;
  readonly secret: string;
  /** Id of the app, for messages to members. @default 1000002 */
  readonly agentId?: number;
  /** Overrides the simulator's `staff` for this corp (first entry of the corp decides). */
  readonly staff?: number | readonly string[];
  /** Overrides the simulator's `customers` for this corp (first entry of the corp decides). */
  readonly customers?: CustomerSource;
  /** Overrides the simulator's `cap` for this corp (first entry of the corp decides). */
  readonly cap?: ReceiveCap;
  /** Whether the app is listed under 可调用接口的应用; else customer-contact calls answer 48002. @default true */
  readonly isCallable?: boolean;
  /** Addresses from which the app may be called; others get 60020. @default any */
  readonly trustedIps?: readonly string[];
  /** Overrides the simulator's `groups` for this corp (first entry of the corp decides). */
  readonly groups?: readonly SimulatedGroup[];
  /** Overrides the simulator's `kfAccounts` for this corp (first entry of the corp decides). */
  readonly kfAccounts?: readonly string[];
  /** Overrides the simulator's `unlicensed` for this corp (first entry of the corp decides). */
  readonly unlicensed?: readonly string[];
}

/** A customer group. */
export interface SimulatedGroup {
  /** For example `wrOgQhDgAA…`. */
  readonly chatId: string;
  /** Userid of its owner, who alone may send to it. */
  readonly owner: string;
  readonly name?: string;
}

/** What a confirmation rule may look at: one staff member's part of one task. */
export interface WaitingTask {
  readonly msgid: string;
  readonly corpId: string;
  readonly userid: string;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Customers that this member would send to. */
  readonly recipients: number;
  readonly text: string | undefined;
}

/** When staff members press "send" by themselves, on the simulator's clock. */
export interface ConfirmRule {
  /** Milliseconds after creation, one value or per member and task; never before `dispatchingMs` is over. */
  readonly afterMs: number | "never" | ((task: WaitingTask) => number | "never");
  /**
   * Share of a task's staff members who confirm at all, 0 … 1, rounded to whole members. Who does is
   * decided by a stable hash of the userid: the same people in every run. @default 1
   */
  readonly share?: number;
}

/** Options of `startWecomSimulator`; every one has a default. */
export interface WecomSimulatorOptions {
  /** TCP port on 127.0.0.1; 0 = any free one. @default 0 */
  readonly port?: number;
  /** @default one app: corp `ww-simulator`, secret `simulator-secret` */
  readonly corps?: readonly SimulatedApp[];
  /** How many staff members (`staff-01` …) or their userids; at least one. @default 5 */
  readonly staff?: number | readonly string[];
  /** Who is a customer. @default "any" */
  readonly customers?: CustomerSource;
  /** Epoch ms; every life time and window runs on it. @default the system clock */
  readonly clock?: { now(): number };
  /** @default nobody confirms by themselves */
  readonly confirm?: ConfirmRule;
  /** For so long after creation a task's results answer 41063, in ms. @default 0 */
  readonly dispatchingMs?: number;
  /** For so long after creation a task is missing from `get_groupmsg_list_v2`, in ms. @default 0 */
  readonly listedAfterMs?: number;
  /** Life of an access token in seconds. @default 7200 */
  readonly tokenTtlSeconds?: number;
  /** Life of an uploaded media_id in ms. @default 259 200 000 (3 days) */
  readonly mediaTtlMs?: number;
  /** Most mass messages that one customer can receive. @default as many per month as the month has days */
  readonly cap?: ReceiveCap;
  /** Customer groups. @default none */
  readonly groups?: readonly SimulatedGroup[];
  /** Ids of service accounts (微信客服). @default none */
  readonly kfAccounts?: readonly string[];
  /** Keys of bots in groups of members. @default none */
  readonly bots?: readonly string[];
  /** Members without an interoperability licence: their customers can't be read. @default none */
  readonly unlicensed?: readonly string[];
  /** Calls of one corp and path, answered with 45009 beyond it. @default as documented */
  readonly callQuota?: CallQuota;
  /** Most members of one `batch/get_by_user`; 64 was met where 100 is documented. @default 100 */
  readonly mostMembersPerBatch?: number;
  /** Makes tokens, msgids and media_ids repeatable. @default random, so that restarts never repeat an id */
  readonly seed?: string | number;
}

/** Corp and secret of a simulator that was started without `corps`. */
export const defaultApp: SimulatedApp = { corpId: "ww-simulator", secret: "simulator-secret" };

/** Userids for the `staff` option. */
export function staffList(staff: number | readonly string[]): readonly string[] {
  const list =
    typeof staff === "number"
      ? Array.from({ length: staff }, (_, index) => `staff-${String(index + 1).padStart(2, "0")}`)
      : [...staff];
  if (list.length === 0) throw new RangeError("staff: at least one member is needed");
  return list;
}
