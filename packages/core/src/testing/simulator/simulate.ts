import type { Batch } from "../../delivery/batch.js";
import type { Timings } from "../../engine/timings.js";
import { createRecallKit } from "../../kit/create-recallkit.js";
import type { RecallKit } from "../../kit/kit.js";
import { silentLogger } from "../../logger.js";
import { memoryStores } from "../../memory/memory-stores.js";
import type { Capability } from "../../ports/channel.js";
import type { Stores } from "../../ports/stores.js";
import type { Random } from "../../random.js";
import { seededRandom, sequentialIds } from "../seeded.js";
import { type VirtualClock, virtualClock } from "../virtual-clock.js";
import { faultsOf } from "./check.js";
import { smsFaultsOf } from "./check-sms.js";
import { beginLife, Crash } from "./fate.js";
import { mortalStores } from "./mortal-stores.js";
import { MUTANTS, type Mutant, type MutantName } from "./mutants.js";
import { type Provider, provider, SMS_MINOR, type TrueMessage } from "./provider.js";
import { beginTrace, type Trace } from "./trace.js";

/** How a run goes; the seed decides everything else. */
export interface SimulationOptions {
  /** Takes one safeguard out. @default none */
  readonly mutant?: MutantName | undefined;
  /** A channel on which everybody gets a message of their own. @default false */
  readonly personal?: boolean | undefined;
  /**
   * SMS: personal, found by number, time and text, in permitted hours of the people's zones, with consents that are given and
   * withdrawn meanwhile, and in half of the worlds with a budget. @default false
   */
  readonly sms?: boolean | undefined;
}

/** What a run came to. */
export interface Simulation {
  readonly seed: number;
  /** What was promised and not kept; empty when all was. */
  readonly faults: readonly string[];
  /** SHA-256 of everything that happened: equal seeds give equal hashes. */
  readonly hash: string;
  /** How often each transition and each fault happened. */
  readonly counts: ReadonlyMap<string, number>;
  /** What happened, without plain calls; lines by instant. */
  readonly story: readonly string[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Monday 1 June 2026, 10:00 in Shanghai. */
const START = Date.UTC(2026, 5, 1, 2);
const SETTLE_MS = 10 * MINUTE;
const FAULTS_MS = 4 * HOUR;
/** Minutes that processes have to end in. */
const PATIENCE = 60;
const LONGEST_MS = 60 * HOUR;
const TIMINGS: Partial<Timings> = {
  taskDeadlineMs: 6 * HOUR,
  reconcileScheduleMs: [15_000, MINUTE, 5 * MINUTE, 11 * MINUTE, 30 * MINUTE, 2 * HOUR],
};
const CAPABILITIES: readonly Capability[] = [
  "lookup",
  "lookup",
  "keyed",
  "lookup",
  "none",
  "lookup",
  "lookup",
  "keyed",
];
/** Slots of rules on the day of the run; some come while an earlier one is still being sent, or nobody is alive. */
const SLOTS = ["10:20", "10:50", "11:30", "12:40"] as const;
const SECRET = "simulation-simulation-simulation";

/** A world with everything that the processes share. */
interface World {
  readonly seed: number;
  readonly random: Random;
  readonly clock: VirtualClock;
  readonly trace: Trace;
  readonly stores: Stores;
  readonly provider: Provider;
  readonly personal: boolean;
  readonly sms: boolean;
  readonly mutant: Mutant;
  readonly timings: Partial<Timings>;
  /** Works without faults, for the setting and the operator. */
  readonly operator: RecallKit;
  readonly stop: AbortController;
  processes: number;
}

/**
 * Runs the engine through a world made of a seed: processes that are killed and stopped at calls of their ports, a provider
 * that loses answers, comes late, refuses and errs, an operator who cancels and decides. Time is virtual, chance is seeded,
 * so that the same seed is the same run.
 */
export async function simulate(
  seed: number,
  { mutant, sms = false, personal = sms }: SimulationOptions = {},
): Promise<Simulation> {
  const world = makeWorld(seed, mutant ? MUTANTS[mutant] : {}, { personal, sms });
  const { clock, trace, stop } = world;
  const audiences = await prepare(world);
  const processes = Array.from({ length: 2 + Math.floor(world.random.next() * 2) }, () => work(world));
  const operating = operate(world);
  const bugs: string[] = [];
  const watched = Promise.all([operating, ...processes]).catch((error: unknown) => {
    bugs.push(`a process failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  });
  while (clock.now() < START + LONGEST_MS && !(clock.now() > START + FAULTS_MS && (await isQuiet(world)))) {
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
  const faults = [
    ...bugs,
    ...(await faultsOf(world.stores, world.provider, audiences, personal)),
    ...(sms ? await smsFaultsOf(world.stores, world.provider) : []),
  ];
  await world.stores.close();
  return { seed, faults, hash: trace.hash(), counts: trace.counts, story: trace.story() };
}

function makeWorld(
  seed: number,
  mutant: Mutant,
  { personal, sms }: { readonly personal: boolean; readonly sms: boolean },
): World {
  const random = seededRandom(seed);
  const clock = virtualClock(START);
  const trace = beginTrace(() => clock.now(), START);
  const stores = audited(memoryStores(), trace);
  const capability = sms ? "lookup" : (CAPABILITIES[seed % CAPABILITIES.length] ?? "lookup");
  trace.note(`capability ${capability}:`);
  const timings = { ...TIMINGS, ...mutant.timings };
  const made = provider({
    clock,
    random,
    trace,
    until: START + FAULTS_MS,
    capability,
    personal,
    sms,
    maxBatchSize: personal ? 1 + Math.floor(random.next() * 3) : 2 + Math.floor(random.next() * 6),
    settleWindowMs: SETTLE_MS,
    sendDeadlineMs: 10_000,
  });
  const life = beginLife({ name: "operator", clock, random, trace, until: 0 });
  const operator = kitOf({ stores, clock, seed, name: "operator", channel: made.channel(life), timings });
  const stop = new AbortController();
  return {
    seed,
    random,
    clock,
    trace,
    stores,
    provider: made,
    personal,
    sms,
    mutant,
    timings,
    operator,
    stop,
    processes: 0,
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
    stores,
    clock,
    timings,
    channels: [channel],
    random: seededRandom(seed),
    ids: sequentialIds(name),
    logger: silentLogger,
    secretKey: SECRET,
  });
}

/** Customers and one or two rules that fire. @returns how many people each rule means */
async function prepare({ operator, random, trace, sms }: World): Promise<ReadonlyMap<number, number>> {
  const people = 4 + Math.floor(random.next() * 24);
  await operator.customers.upsert(
    Array.from({ length: people }, (_, n) => ({
      externalKey: `c${n}`,
      ...(random.next() < 0.95 && (sms ? { mobile: mobileOf(n) } : { externalUserId: `wm_${n}` })),
      ...(sms && { name: `N${n}`, timeZone: ZONES[n % ZONES.length] ?? null }),
    })),
  );
  if (sms) await agree(operator, random, people);
  const audiences = new Map<number, number>();
  for (let n = 0; n < 1 + Math.floor(random.next() * 2); n++) {
    const { id } = await operator.rules.create({
      name: `rule ${n}`,
      segment: { everybody: true },
      validFrom: "2026-01-01",
      validTo: "2026-12-31",
      channel: sms ? "sms" : "simulated",
      // A text that is alike is told apart by number and time only.
      content: { text: sms && random.next() < 0.5 ? "hello {{customer_name}}" : "hello" },
      ...(sms && { variables: { customer_name: "you" } }),
      slots: SLOTS.slice(0, Math.floor(random.next() * (SLOTS.length + 1))).map((time) => ({ weekday: 1, time })),
      onUnknown: random.next() < 0.2 ? "resend" : "hold",
      expireAfterMs: (1 + Math.floor(random.next() * 20)) * HOUR,
    });
    audiences.set(id, people);
    await operator.occurrences.runNow(id);
  }
  trace.note(`people ${people}:`);
  return audiences;
}

/** Where people live; the window is open, shut until the afternoon, and shut until the evening when the run begins. */
const ZONES = [undefined, "Europe/Berlin", "Asia/Tokyo", "America/New_York", undefined] as const;

const mobileOf = (n: number) => `+86138${String(n).padStart(8, "0")}`;

/** Most people agree; the tenant asks for it, and may have a budget. */
async function agree({ consents, contactPolicy }: RecallKit, random: Random, people: number): Promise<void> {
  const agreed = Array.from({ length: people }, (_, n) => n).filter(() => random.next() < 0.9);
  await consents.recordMany(agreed.map((n) => ({ ...CONSENT, externalKey: `c${n}`, status: "granted" })));
  const perDayMinor = SMS_MINOR * Math.floor(random.next() * people);
  await contactPolicy.set({ consent: "required", spend: random.next() < 0.5 ? { sms: { perDayMinor } } : "off" });
}

const CONSENT = { channel: "sms", source: "simulation" } as const;

/** One process after the other: whoever is killed is started again after a while. */
async function work(world: World): Promise<void> {
  const { clock, random, stop, trace } = world;
  while (!stop.signal.aborted) {
    const name = `p${++world.processes}`;
    const life = beginLife({ name, clock, random, trace, until: START + FAULTS_MS });
    const channel = world.provider.channel(life);
    const kit = kitOf({
      stores: (world.mutant.stores ?? ((stores: Stores) => stores))(mortalStores(world.stores, life)),
      clock,
      seed: world.seed,
      name,
      channel: world.mutant.channel?.(channel) ?? channel,
      timings: world.timings,
    });
    while (!stop.signal.aborted && !life.isDead) {
      try {
        await kit.tick();
      } catch (error) {
        // The dead tell no tales, and whoever dies inside a step may take its other errors along.
        if (!(error instanceof Crash) && !life.isDead) throw error;
      }
      await clock.sleep(await idleMs(world), stop.signal);
    }
    if (life.isDead && world.mutant.forgetsIntents) await forgetIntents(world, name);
    await clock.sleep(Math.floor(random.next() * 3 * MINUTE), stop.signal);
  }
}

/** Until something in the ledger comes due, within bounds. */
async function idleMs({ stores, clock, random }: World): Promise<number> {
  const now = clock.now();
  const { items } = await stores.batches.list(1, { limit: 200 });
  const due = items.flatMap(({ state, settled, notBefore, leaseUntil }) => {
    if (leaseUntil !== null) return [leaseUntil];
    const isWaiting = state === "pending" || state === "unknown" || (state === "accepted" && !settled);
    return isWaiting ? [notBefore] : [];
  });
  const next = Math.min(...due.filter((at) => at > now), now + 2 * HOUR);
  return Math.max(1_000, next - now) + Math.floor(random.next() * 5_000);
}

/** What a sender that writes down its work only afterwards would leave behind. */
async function forgetIntents({ stores, clock }: World, owner: string): Promise<void> {
  const { items } = await stores.batches.list(1, { states: ["dispatching"], limit: 200 });
  for (const batch of items) {
    if (!batch.leaseOwner?.startsWith(owner)) continue;
    const key = { tenantId: 1, id: batch.id, leaseEpoch: batch.leaseEpoch };
    await stores.batches.transition(
      { ...key, from: ["dispatching"] },
      "pending",
      { notBefore: clock.now() },
      { release: true },
    );
  }
}

/** An operator who meddles while there is trouble, and decides in the end. */
async function operate({
  operator,
  random,
  clock,
  stop,
  trace,
  provider: world,
  personal: isPersonal,
  sms,
}: World): Promise<void> {
  const rules = (await operator.rules.list()).items;
  while (!stop.signal.aborted) {
    await clock.sleep(Math.floor(random.next() * 40 * MINUTE), stop.signal);
    const rule = rules[Math.floor(random.next() * rules.length)];
    const chance = random.next();
    const isTrouble = clock.now() < START + FAULTS_MS;
    if (!rule || stop.signal.aborted) continue;
    if (isTrouble && chance < 0.1) {
      trace.note(`operator pauses: ${rule.id}`);
      await operator.rules.setStatus(rule.id, "paused");
      if (random.next() < 0.3) {
        const { items } = await operator.occurrences.list({ ruleId: rule.id, states: ["paused"] });
        if (items[0]) await operator.occurrences.cancel(items[0].id, { tasks: false }).catch(() => {});
      }
      await clock.sleep(Math.floor(random.next() * 30 * MINUTE), stop.signal);
      await operator.rules.setStatus(rule.id, "active");
    } else if (isTrouble && chance < 0.14) {
      const { items } = await operator.occurrences.list({ ruleId: rule.id, limit: 200 });
      const open = items.filter(({ state }) => !RESTING.has(state));
      const one = open[Math.floor(random.next() * open.length)];
      trace.note(`operator cancels: ${one?.id ?? 0}`);
      if (one) await operator.occurrences.cancel(one.id, { tasks: false }).catch(() => {});
    } else if (isTrouble && chance < 0.3) {
      trace.note("operator suppresses: c1");
      await operator.suppressions.add({ externalKey: "c1", reason: "opt_out" });
    } else if (isTrouble && chance < 0.5) {
      const { id } = await operator.occurrences.runNow(rule.id);
      if (random.next() < 0.1) await operator.occurrences.cancel(id).catch(() => {});
    } else if (sms && chance < 0.9) {
      const externalKey = `c${Math.floor(random.next() * 10)}`;
      const status = random.next() < 0.8 ? "withdrawn" : "granted";
      trace.note(`operator consent ${status}: ${externalKey}`);
      // The tenth may be nobody.
      await operator.consents.record({ ...CONSENT, externalKey, status }).catch(() => {});
    }
    for (const batch of (await operator.batches.list({ states: ["dead"] })).items) {
      if (random.next() < 0.5) await operator.batches.redrive(batch.id).catch(() => {});
    }
    for (const batch of (await operator.batches.list({ states: ["needs_review"] })).items) {
      // Whoever decides before a lost request can no longer be performed, guesses.
      if (random.next() < 0.5 || clock.now() < (batch.attemptedAt ?? 0) + SETTLE_MS) continue;
      // He looks at the provider's own list, and knows.
      const { items } = await operator.deliveries.list({ batchId: batch.id, states: ["needs_review"], limit: 200 });
      const there = items.filter(({ address }) => world.messages.some(isMessageOf(batch, address)));
      if (isPersonal && there.length > 0 && there.length < items.length) {
        const customerIds = there.map(({ customerId }) => customerId);
        trace.note(`operator decides: ${customerIds.length} of ${batch.id}`);
        await operator.batches.decide(batch.id, "accepted", { customerIds }).catch(() => {});
      }
      const isThere = isPersonal
        ? there.length === items.length
        : world.messages.some(({ batchMarker }) => batchMarker === batch.marker);
      const decision = isThere ? "accepted" : random.next() < 0.5 ? "rejected" : "pending";
      trace.note(`operator decides: ${batch.id} ${decision}`);
      await operator.batches.decide(batch.id, decision).catch(() => {});
    }
  }
}

/** Whether a message of the provider is what a batch was to bring to an address. */
function isMessageOf(batch: Batch, address: string | null): (message: TrueMessage) => boolean {
  return ({ batchMarker, addresses }) =>
    batchMarker === batch.marker && address !== null && addresses.includes(address);
}

const RESTING: ReadonlySet<string> = new Set(["completed", "completed_with_errors", "skipped", "cancelled"]);

/** Nothing is left to do. */
async function isQuiet({ stores }: World): Promise<boolean> {
  const occurrences = (await stores.occurrences.list(1, { limit: 200 })).items;
  const batches = (await stores.batches.list(1, { limit: 200 })).items;
  const isDone = batches.every(({ state, settled }) => (state === "accepted" ? settled : QUIET_BATCHES.has(state)));
  return isDone && occurrences.every(({ state }) => RESTING.has(state));
}

const QUIET_BATCHES: ReadonlySet<string> = new Set(["rejected", "expired", "cancelled"]);

/** Stores whose every change of state is told to the trace. */
function audited(stores: Stores, trace: Trace): Stores {
  return {
    ...stores,
    audit: {
      ...stores.audit,
      add: (records) => {
        for (const { entity, from, to } of records) trace.transition(entity, from, to);
        return stores.audit.add(records);
      },
    },
    transaction: (work) => stores.transaction((tx) => work(audited(tx, trace))),
  };
}
