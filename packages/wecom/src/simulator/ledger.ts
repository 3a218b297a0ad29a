import { settle } from "./confirm.js";
import type { Bot, CallRecord, Corp, KfSent, StaffMessage, StaffTask, Task, Upload, Welcome, World } from "./state.js";
import type { Attachment } from "./validate-attachment.js";

/** A task as it really is. `recipients` = people accepted; `failList` = people refused at creation. */
export interface LedgerTask {
  readonly msgid: string;
  readonly corpId: string;
  readonly chatType: "single" | "group";
  readonly createdAt: number;
  readonly text: string | undefined;
  readonly attachments: readonly Attachment[];
  readonly sender: string | undefined;
  readonly recipients: number;
  readonly failList: readonly string[];
  /** Repeated ids in the request, each counted once in the other fields. */
  readonly duplicates: number;
  readonly staff: readonly { userid: string; recipients: number; confirmedAt: number | undefined }[];
  readonly cancelledAt: number | undefined;
  /** Instants of the reminders. */
  readonly remindedAt: readonly number[];
}

/** One customer in one task: 0 unsent, 1 sent, 2 not a friend, 3 over the cap. */
export interface LedgerDelivery {
  readonly msgid: string;
  /** Of a customer, or of a customer group. */
  readonly externalUserid: string;
  readonly userid: string;
  readonly status: 0 | 1 | 2 | 3;
  /** Only when sent. */
  readonly sentAt: number | undefined;
}

/** Sums over all tasks: `pushed = failed + accepted`, `accepted = delivered + both notDelivered + waiting + cancelled`. */
export interface LedgerFigures {
  readonly tasks: number;
  readonly pushed: number;
  readonly failed: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly notDelivered: { readonly notFriend: number; readonly capped: number };
  /** Unsent in a task that is not cancelled, including people whom a member left out. */
  readonly waiting: number;
  /** Unsent for ever: their task was cancelled first. */
  readonly cancelled: number;
}

/** What really happened, whatever the callers were told. Confirmations that are due count as done. */
export interface Ledger {
  /** The latest 10 000 provider calls; admin calls are not listed. */
  readonly calls: readonly CallRecord[];
  /** Tokens issued, without their values. */
  readonly tokens: readonly { corpId: string; issuedAt: number; expiresAt: number }[];
  readonly uploads: readonly Upload[];
  readonly tasks: readonly LedgerTask[];
  /** Direct messages that reached members. */
  readonly staffMessages: readonly StaffMessage[];
  /** Welcome messages that customers received. */
  readonly welcomes: readonly Welcome[];
  /** Messages that customers got from a service account; those of all corps that have it. */
  kfMessages(openKfid: string): readonly KfSent[];
  /** Messages that bots posted, by key. */
  botMessages(key: string): Bot["messages"];
  /** Every customer of every task, or of one. */
  deliveries(msgid?: string): Generator<LedgerDelivery>;
  /** Messages that each customer received; customers without one are absent. */
  sendsPerCustomer(): Map<string, number>;
  /** Tasks, cancelled ones left out, that each customer was accepted in: above 1 for one campaign is a duplicate. */
  tasksPerCustomer(): Map<string, number>;
  /** Sums over all corps, or over one. */
  figures(corpId?: string): LedgerFigures;
}

const keptCalls = 10_000;

/** Writes a call down; the oldest ones give way. */
export function recordCall(world: World, call: CallRecord): void {
  world.calls.push(call);
  // Cut in large steps: one `shift` per call would move the whole array each time.
  if (world.calls.length >= 2 * keptCalls) world.calls.splice(0, world.calls.length - keptCalls);
}

/** A view on the state; nothing is copied until it is read. */
export function createLedger(world: World): Ledger {
  const corps = (): readonly Corp[] => {
    settle(world);
    return [...world.corps.values()];
  };
  const tasks = (): readonly Task[] => corps().flatMap((corp) => corp.tasks);

  function* deliveries(msgid?: string): Generator<LedgerDelivery> {
    for (const task of tasks()) {
      if (msgid !== undefined && task.msgid !== msgid) continue;
      for (const staffTask of task.staff) yield* deliveriesOf(task, staffTask);
    }
  }
  return {
    get calls() {
      return world.calls.slice(-keptCalls);
    },
    get tokens() {
      const tokens = [...world.tokens.values()];
      return tokens.map(({ app, issuedAt, expiresAt }) => ({ corpId: app.corp.corpId, issuedAt, expiresAt }));
    },
    get uploads() {
      return corps().flatMap(({ uploads }) => [...uploads.values()]);
    },
    get tasks() {
      return tasks().map(describe);
    },
    get staffMessages() {
      return corps().flatMap(({ staffMessages }) => staffMessages);
    },
    get welcomes() {
      return corps().flatMap(({ welcomes }) => welcomes);
    },
    kfMessages: (openKfid) =>
      corps().flatMap(({ kfAccounts }) =>
        kfAccounts.filter((account) => account.openKfid === openKfid).flatMap(({ sent }) => sent),
      ),
    botMessages: (key) => world.bots.get(key)?.messages ?? [],
    deliveries,
    sendsPerCustomer: () => countById(deliveries(), ({ status }) => status === 1),
    tasksPerCustomer() {
      const cancelled = new Set(
        tasks()
          .filter((task) => task.cancelledAt !== undefined)
          .map(({ msgid }) => msgid),
      );
      return countById(deliveries(), ({ msgid }) => !cancelled.has(msgid));
    },
    figures: (corpId) => sum(tasks().filter(({ corp }) => corpId === undefined || corp.corpId === corpId)),
  };
}

function* deliveriesOf(
  { msgid }: Task,
  { userid, recipients, status, confirmedAt }: StaffTask,
): Generator<LedgerDelivery> {
  for (const [index, externalUserid] of recipients.entries()) {
    // The array is only ever written with these four values.
    const outcome = (status[index] ?? 0) as LedgerDelivery["status"];
    yield { msgid, externalUserid, userid, status: outcome, sentAt: outcome === 1 ? confirmedAt : undefined };
  }
}

function countById(
  deliveries: Iterable<LedgerDelivery>,
  counts: (delivery: LedgerDelivery) => boolean,
): Map<string, number> {
  const perCustomer = new Map<string, number>();
  for (const delivery of deliveries) {
    if (!counts(delivery)) continue;
    perCustomer.set(delivery.externalUserid, (perCustomer.get(delivery.externalUserid) ?? 0) + 1);
  }
  return perCustomer;
}

function describe({ corp, staff, allowSelect: _allowSelect, ...task }: Task): LedgerTask {
  return {
    ...task,
    corpId: corp.corpId,
    recipients: staff.reduce((total, { recipients }) => total + recipients.length, 0),
    staff: staff.map(({ userid, recipients, confirmedAt }) => ({ userid, recipients: recipients.length, confirmedAt })),
    remindedAt: [...task.remindedAt],
  };
}

function sum(tasks: readonly Task[]): LedgerFigures {
  let [failed, delivered, notFriend, capped, waiting, cancelled] = [0, 0, 0, 0, 0, 0];
  for (const { failList, staff, cancelledAt } of tasks) {
    failed += failList.length;
    for (const { counts } of staff) {
      delivered += counts[1];
      notFriend += counts[2];
      capped += counts[3];
      if (cancelledAt === undefined) waiting += counts[0];
      else cancelled += counts[0];
    }
  }
  const accepted = delivered + notFriend + capped + waiting + cancelled;
  const sums = { failed, accepted, delivered, notDelivered: { notFriend, capped }, waiting, cancelled };
  return { tasks: tasks.length, pushed: failed + accepted, ...sums };
}
