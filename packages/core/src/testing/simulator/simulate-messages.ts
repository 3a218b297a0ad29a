import type { Timings } from "../../engine/timings.js";
import { createRecallKit } from "../../kit/create-recallkit.js";
import type { RecallKit } from "../../kit/kit.js";
import { silentLogger } from "../../logger.js";
import { memoryStores } from "../../memory/memory-stores.js";
import type { Message } from "../../message/message.js";
import type { MessageState } from "../../message/states.js";
import type { Capability } from "../../ports/channel.js";
import type { Stores } from "../../ports/stores.js";
import type { Random } from "../../random.js";
import { loadAllParts } from "../all-parts.js";
import { seededRandom, sequentialIds } from "../seeded.js";
import { type VirtualClock, virtualClock } from "../virtual-clock.js";
import { beginLife, Crash } from "./fate.js";
import { MESSAGE_MUTANTS, type MessageMutantName } from "./message-mutants.js";
import { mortalStores } from "./mortal-stores.js";
import type { Mutant } from "./mutants.js";
import { type Provider, provider } from "./provider.js";
import type { Simulation } from "./simulate.js";
import { beginTrace, type Trace } from "./trace.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Monday 1 June 2026, 10:00 in Shanghai. */
const START = Date.UTC(2026, 5, 1, 2);
const SETTLE_MS = 10 * MINUTE;
const FAULTS_MS = 4 * HOUR;
const LONGEST_MS = 60 * HOUR;
const PATIENCE = 60;
/** After which a process looks again at what it could not send. */
const SHUT_MS = 30_000;
const TIMINGS: Partial<Timings> = {
  taskDeadlineMs: 6 * HOUR,
  reconcileScheduleMs: [15_000, MINUTE, 5 * MINUTE, 11 * MINUTE, 30 * MINUTE, 2 * HOUR],
};
const CAPABILITIES: readonly Capability[] = ["lookup", "keyed", "lookup", "none"];
const TAKEN: ReadonlySet<MessageState> = new Set(["accepted", "delivered", "not_delivered"]);
const NOT_TAKEN: ReadonlySet<MessageState> = new Set(["failed", "suppressed", "expired", "cancelled"]);

interface World {
  readonly random: Random;
  readonly clock: VirtualClock;
  readonly trace: Trace;
  readonly stores: Stores;
  readonly provider: Provider;
  readonly mutant: Mutant;
  readonly timings: Partial<Timings>;
  readonly operator: RecallKit;
  readonly stop: AbortController;
  readonly seed: number;
  processes: number;
  /** Messages that were accepted, by what they say. */
  readonly accepted: Map<string, { readonly id: number }>;
}

/**
 * Sends messages of templates through a world made of a seed, as `simulate` does it with pushes: processes that are killed and
 * stopped, a provider that loses answers and comes late, an operator who cancels, suppresses and decides.
 */
export async function simulateMessages(
  seed: number,
  { mutant }: { readonly mutant?: MessageMutantName | undefined } = {},
): Promise<Simulation> {
  await loadAllParts();
  const world = makeWorld(seed, mutant ? MESSAGE_MUTANTS[mutant] : {});
  const { clock, stop, trace, stores } = world;
  const { id: templateId } = await world.operator.messages.templates.create({
    name: "t",
    channel: "simulated",
    content: { text: "hello {{n}}" },
    variables: { n: {} },
    messageClass: world.random.next() < 0.3 ? "marketing" : "transactional",
    onUnknown: world.random.next() < 0.2 ? "resend" : "hold",
    expireAfterMs: (1 + Math.floor(world.random.next() * 20)) * HOUR,
  });
  const processes = Array.from({ length: 2 + Math.floor(world.random.next() * 2) }, () => work(world));
  const bugs: string[] = [];
  const watched = Promise.all([operate(world, templateId), ...processes]).catch((error: unknown) => {
    bugs.push(`a process failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  });
  while (clock.now() < START + LONGEST_MS && !(clock.now() > START + FAULTS_MS && (await isQuiet(stores)))) {
    await clock.advance(10 * MINUTE);
  }
  stop.abort();
  let isOver = false;
  watched.finally(() => {
    isOver = true;
  });
  await clock.advance(2 * HOUR);
  for (let n = 0; n < PATIENCE && !isOver; n++) await clock.advance(MINUTE);
  if (!isOver) bugs.push("stuck: a process does not end");
  const faults = [...bugs, ...(await faultsOf(world))];
  await stores.close();
  return { seed, faults, hash: trace.hash(), counts: trace.counts, story: trace.story() };
}

function makeWorld(seed: number, mutant: Mutant): World {
  const random = seededRandom(seed);
  const clock = virtualClock(START);
  const trace = beginTrace(() => clock.now(), START);
  const stores = told(memoryStores(), trace);
  const capability = CAPABILITIES[seed % CAPABILITIES.length] ?? "lookup";
  trace.note(`capability ${capability}:`);
  const timings = { ...TIMINGS, ...mutant.timings };
  const made = provider({
    clock,
    random,
    trace,
    until: START + FAULTS_MS,
    capability,
    personal: true,
    sms: false,
    maxBatchSize: 1 + Math.floor(random.next() * 4),
    settleWindowMs: SETTLE_MS,
    sendDeadlineMs: 10_000,
  });
  const life = beginLife({ name: "operator", clock, random, trace, until: 0 });
  const parts = { stores, clock, seed, timings };
  const operator = kitOf({ ...parts, name: "operator", channel: made.channel(life) });
  const stop = new AbortController();
  const accepted = new Map();
  return {
    seed,
    random,
    clock,
    trace,
    stores,
    provider: made,
    mutant,
    timings,
    operator,
    stop,
    processes: 0,
    accepted,
  };
}

function kitOf(parts: {
  readonly stores: Stores;
  readonly clock: VirtualClock;
  readonly seed: number;
  readonly name: string;
  readonly channel: ReturnType<Provider["channel"]>;
  readonly timings: Partial<Timings>;
}): RecallKit {
  const { stores, clock, seed, name, channel, timings } = parts;
  return createRecallKit({
    ...{ stores, clock, timings, channels: [channel], caps: "off", logger: silentLogger, messagesInFlight: 8 },
    random: seededRandom(seed),
    ids: sequentialIds(name),
    secretKey: "simulation-simulation-simulation",
  });
}

/** Stores whose messages tell each change of state to the trace. */
function told(stores: Stores, trace: Trace): Stores {
  const { messages } = stores;
  return {
    ...stores,
    messages: {
      ...messages,
      async claim(work, ...how) {
        const claimed = await messages.claim(work, ...how);
        if (work === "send") for (const _ of claimed) trace.transition("message", "queued", "dispatching");
        return claimed;
      },
      async write(writes) {
        const written = new Set(await messages.write(writes));
        for (const { id, from, state } of writes) if (written.has(id)) trace.transition("message", from, state);
        return [...written];
      },
    },
    transaction: (work) => stores.transaction((tx) => work(told(tx, trace))),
  };
}

/** One process after the other: whoever is killed is started again after a while. */
async function work(world: World): Promise<void> {
  const { clock, random, stop, trace } = world;
  while (!stop.signal.aborted) {
    const name = `p${++world.processes}`;
    const life = beginLife({ name, clock, random, trace, until: START + FAULTS_MS });
    const channel = world.provider.channel(life);
    const { timings, seed } = world;
    const stores = (world.mutant.stores ?? ((one: Stores) => one))(mortalStores(world.stores, life));
    const kit = kitOf({ stores, clock, seed, name, timings, channel: world.mutant.channel?.(channel) ?? channel });
    while (!stop.signal.aborted && !life.isDead) {
      try {
        await kit.tick();
      } catch (error) {
        if (!(error instanceof Crash) && !life.isDead) throw error;
      }
      await clock.sleep(await idleMs(world), stop.signal);
    }
    if (life.isDead && world.mutant.forgetsIntents) await forgetIntents(world, name);
    await clock.sleep(Math.floor(random.next() * 3 * MINUTE), stop.signal);
  }
}

async function idleMs({ stores, clock, random }: World): Promise<number> {
  const now = clock.now();
  const due = (await everything(stores)).flatMap(({ notBefore, leaseUntil }) => leaseUntil ?? notBefore ?? []);
  // What is due and was left is behind a channel that is shut.
  const next = Math.min(...due.map((at) => (at > now ? at : now + SHUT_MS)), now + 2 * HOUR);
  return Math.max(1_000, next - now) + Math.floor(random.next() * 5_000);
}

/** What a sender that writes down its work only afterwards would leave behind. */
async function forgetIntents({ stores, clock }: World, owner: string): Promise<void> {
  for (const message of await everything(stores)) {
    if (message.state !== "dispatching" || !message.leaseOwner?.startsWith(owner)) continue;
    const free = { leaseOwner: null, leaseUntil: null, notBefore: clock.now() };
    await stores.messages.write([{ ...message, ...free, from: "dispatching", state: "queued" }]);
  }
}

/** Sends while there is trouble, meddles, and decides in the end. */
async function operate(world: World, templateId: number): Promise<void> {
  const { operator, random, clock, stop, trace, provider: truth, accepted } = world;
  for (let n = 0; !stop.signal.aborted; ) {
    await clock.sleep(1 + Math.floor(random.next() * 20 * MINUTE), stop.signal);
    const chance = random.next();
    const isTrouble = clock.now() < START + FAULTS_MS;
    const next = () => `${++n}`;
    const recipient = () => `wm_${Math.floor(random.next() * 12)}`;
    const priority = Math.floor(random.next() * 11);
    if (isTrouble && n < 60 && chance < 0.5) {
      const variables = { n: next() };
      const { id } = await operator.messages.send({ templateId, recipient: recipient(), variables, priority });
      accepted.set(`hello ${variables.n}`, { id });
    } else if (isTrouble && n < 60 && chance < 0.8) {
      const recipients = Array.from({ length: 1 + Math.floor(random.next() * 8) }, (_, index) => ({
        recipient: `wm_${index + Math.floor(random.next() * 4) * 10}`,
        variables: { n: next() },
      }));
      const batch = await operator.messages.sendBatch({ templateId, recipients, priority });
      for (const { id, variables } of await everything(world.stores)) accepted.set(`hello ${variables.n}`, { id });
      if (random.next() < 0.1) await operator.messages.cancelBatch(batch.id);
    } else if (isTrouble && chance < 0.85) {
      trace.note("operator suppresses: wm_1");
      await operator.suppressions.add({ channel: "simulated", address: "wm_1", reason: "opt_out" });
    }
    for (const message of await everything(world.stores)) {
      // Whoever decides before a lost request can no longer be performed, guesses.
      if (message.state !== "needs_review" || clock.now() < (message.attemptedAt ?? 0) + SETTLE_MS) continue;
      const isThere = truth.messages.some(({ text }) => text === `hello ${message.variables.n}`);
      const decision = isThere ? "accepted" : random.next() < 0.5 ? "rejected" : "pending";
      trace.note(`operator decides: ${message.id} ${decision}`);
      await operator.messages.decide(message.id, decision).catch(() => {});
    }
  }
}

async function everything({ messages }: Stores): Promise<readonly Message[]> {
  const all: Message[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof messages.list>> = await messages.list(1, { limit: 200, cursor });
    all.push(...page.items);
    if (page.nextCursor === null) return all;
    cursor = page.nextCursor;
  }
}

async function isQuiet(stores: Stores): Promise<boolean> {
  return (await everything(stores)).every(({ state, notBefore }) =>
    state === "accepted" ? notBefore === null : TAKEN.has(state) || NOT_TAKEN.has(state),
  );
}

/** Holds the ledger against the truth: nobody lost, nobody twice, nothing untrue, nobody contacted against their will. */
async function faultsOf({ stores, provider: truth, accepted }: World): Promise<readonly string[]> {
  const faults: string[] = [];
  const messages = await everything(stores);
  const capability = truth.channel(NOBODY).capability({});
  const byId = new Map(messages.map((message) => [message.id, message]));
  for (const [text, { id }] of accepted) if (!byId.has(id)) faults.push(`lost: ${text} has no message`);
  for (const message of messages) {
    const { id, state, variables, templateVersion } = message;
    const own = truth.messages.filter(({ text }) => text === `hello ${variables.n}`);
    const version = await stores.templates.version(1, message.templateId, templateVersion);
    const riskTaken = capability === "none" && version?.definition.onUnknown === "resend";
    if (!TAKEN.has(state) && !NOT_TAKEN.has(state)) faults.push(`lost: message ${id} is ${state} in the end`);
    if (own.length > 1 && !riskTaken) faults.push(`duplicate: message ${id} is there ${own.length} times`);
    if (TAKEN.has(state) && own.length === 0)
      faults.push(`untrue: message ${id} is ${state}, and the provider has nothing`);
    if (NOT_TAKEN.has(state) && own.length > 0 && !riskTaken)
      faults.push(`untrue: message ${id} is ${state}, and the provider has it`);
  }
  for (const { address, createdAt } of (await stores.suppressions.list(1, {})).items) {
    // A request that was under way, or came late, was made before.
    const late = truth.messages.filter(
      (one) => one.addresses.includes(address ?? "") && one.createdAt > createdAt + 30 * MINUTE,
    );
    for (const one of late) faults.push(`opt-out: ${address} got ${one.id} after it`);
  }
  return faults;
}

const NOBODY = { isDead: false, assertAlive: () => {}, call: <T>(_: string, run: () => Promise<T>) => run() };
