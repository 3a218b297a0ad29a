/** A message that a provider took: what a phone would show. */
export interface TakenMessage {
  /** The provider's id. */
  readonly id: string;
  readonly provider: ProviderName;
  /** E.164. */
  readonly to: string;
  readonly text: string;
  /** Own mark of the caller: `uid`, `OutId`, `SessionContext`. */
  readonly mark: string;
  /** Epoch ms. */
  readonly takenAt: number;
  /** What became of it on its way; `silent`: nobody ever says. */
  readonly fate: Fate;
  /** Where its reports are pushed to, beside the address of the options. */
  readonly callbackUrl: string | undefined;
}

export const PROVIDERS = ["yunpian", "aliyun", "tencent"] as const;
export type ProviderName = (typeof PROVIDERS)[number];
export type Fate = "delivered" | "failed" | "silent";

/** A reply of a phone that waits to be told. */
export interface WaitingReply {
  readonly id: string;
  readonly from: string;
  readonly text: string;
  readonly at: number;
}

/** A call of the provider's API, without its secrets. */
export interface CallRecord {
  readonly provider: ProviderName;
  readonly path: string;
  readonly at: number;
  /** HTTP status and the provider's code; undefined status: no answer was given. */
  readonly status: number | undefined;
  readonly code: string;
}

/** Everything that the simulator knows. */
export interface World {
  readonly now: () => number;
  readonly messages: TakenMessage[];
  /** Reports that wait to be pulled or pushed. */
  reports: TakenMessage[];
  replies: WaitingReply[];
  readonly calls: CallRecord[];
  /** Messages left on the account; `Infinity`: no end. */
  balance: number;
  /** Instants at which one text was sent to one number, for the filters of repeated content. */
  readonly repeats: Map<string, number[]>;
  nextId(): string;
}

/** An empty world. */
export function newWorld(now: () => number, balance: number, firstId: bigint): World {
  let last = firstId;
  return {
    now,
    messages: [],
    reports: [],
    replies: [],
    calls: [],
    balance,
    repeats: new Map(),
    nextId() {
      last += 1n;
      return String(last);
    },
  };
}

/**
 * What becomes of a message by the last digits of its number: …0002 fails, …0003 is never heard of, …0004 is reported twice,
 * …0006 is on the provider's blacklist, …0007 replies R; all others are delivered.
 */
export function endingOf(number: string): string {
  return number.slice(-4);
}

/** Takes a message over; its report is due at once. */
export function take(world: World, message: Omit<TakenMessage, "id" | "takenAt" | "fate">): TakenMessage {
  const ending = endingOf(message.to);
  const fate = ending === "0002" ? "failed" : ending === "0003" ? "silent" : "delivered";
  const taken: TakenMessage = { ...message, id: world.nextId(), takenAt: world.now(), fate };
  world.messages.push(taken);
  world.balance -= 1;
  if (fate !== "silent") world.reports.push(taken);
  if (ending === "0004") world.reports.push(taken);
  if (ending === "0007") reply(world, message.to, "R");
  return taken;
}

/** A phone answers. @returns the reply, which waits to be pulled or pushed */
export function reply(world: World, from: string, text: string): WaitingReply {
  const told = { id: `reply-${world.nextId()}`, from, text, at: world.now() };
  world.replies.push(told);
  return told;
}
