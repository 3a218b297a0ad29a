import type { Timings } from "../../engine/timings.js";
import { createRecallKit } from "../../kit/create-recallkit.js";
import type { RecallKit } from "../../kit/kit.js";
import { silentLogger } from "../../logger.js";
import { memoryStores } from "../../memory/memory-stores.js";
import type { Capability, Channel } from "../../ports/channel.js";
import type { Stores } from "../../ports/stores.js";
import type { Random } from "../../random.js";
import { loadAllParts } from "../all-parts.js";
import { seededRandom, sequentialIds } from "../seeded.js";
import { type VirtualClock, virtualClock } from "../virtual-clock.js";
import { faultsOf } from "./check.js";
import { fallBackFaultsOf } from "./check-fall-back.js";
import { smsFaultsOf } from "./check-sms.js";
import { beginLife, Crash } from "./fate.js";
import { mortalStores } from "./mortal-stores.js";
import { MUTANTS, type Mutant, type MutantName } from "./mutants.js";
import { operate } from "./operate.js";
import { NEXT_CHANNEL, type Provider, provider, SMS_MINOR } from "./provider.js";
import { beginTrace, type Trace } from "./trace.js";
import { CONSENT, FAULTS_MS, HOUR, MINUTE, RESTING, SETTLE_MS, START, type World } from "./world.js";

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
  /**
   * Two channels: tasks that staff confirm or not, and messages of one's own for whom the first one certainly did not reach.
   *
   * @default false
   */
  readonly fallBack?: boolean | undefined;
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

/**
 * Runs the engine through a world made of a seed: processes that are killed and stopped at calls of their ports, a provider
 * that loses answers, comes late, refuses and errs, an operator who cancels and decides. Time is virtual, chance is seeded,
 * so that the same seed is the same run.
 */
export async function simulate(
  seed: number,
  { mutant, sms = false, personal = sms, fallBack = false }: SimulationOptions = {},
): Promise<Simulation> {
  await loadAllParts();
  const world = makeWorld(seed, mutant ? MUTANTS[mutant] : {}, { personal, sms, fallBack });
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
    ...(await faultsOf(world.stores, world.provider, audiences, (name) => personal || name === NEXT_CHANNEL)),
    ...(fallBack ? await fallBackFaultsOf(world.stores, world.provider) : []),
    ...(sms ? await smsFaultsOf(world.stores, world.provider) : []),
  ];
  if (fallBack) await noteHandedOn(world);
  await world.stores.close();
  return { seed, faults, hash: trace.hash(), counts: trace.counts, story: trace.story() };
}

/** Tells who was handed on in the end, by what had become of them. */
async function noteHandedOn({ stores, trace }: World): Promise<void> {
  for (const { id } of (await stores.occurrences.list(1, { limit: 200 })).items) {
    for (const { state, reason, people } of await stores.deliveries.handedOn(1, id)) {
      trace.note(`handed on ${state} ${reason ?? ""}: ${people}`);
    }
  }
}

function makeWorld(
  seed: number,
  mutant: Mutant,
  { personal, sms, fallBack }: { readonly personal: boolean; readonly sms: boolean; readonly fallBack: boolean },
): World {
  const random = seededRandom(seed);
  const clock = virtualClock(START);
  const trace = beginTrace(() => clock.now(), START);
  const stores = audited(memoryStores(), trace);
  const capability = sms || fallBack ? "lookup" : (CAPABILITIES[seed % CAPABILITIES.length] ?? "lookup");
  trace.note(`capability ${capability}:`);
  const timings = { ...TIMINGS, ...mutant.timings };
  const common = {
    clock,
    random,
    trace,
    until: START + FAULTS_MS,
    capability,
    settleWindowMs: SETTLE_MS,
    sendDeadlineMs: 10_000,
  };
  const maxBatchSize = personal ? 1 + Math.floor(random.next() * 3) : 2 + Math.floor(random.next() * 6);
  const first = provider({ ...common, personal, sms, tasks: fallBack, maxBatchSize });
  const made = fallBack
    ? together(first, provider({ ...common, personal: true, sms: false, name: NEXT_CHANNEL, maxBatchSize: 2 }))
    : together(first);
  const life = beginLife({ name: "operator", clock, random, trace, until: 0 });
  const operator = kitOf({ stores, clock, seed, name: "operator", channels: made.channels(life), timings });
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
    fallBack,
    mutant,
    timings,
    operator,
    stop,
    processes: 0,
  };
}

/** Two providers as one world. */
function together(...providers: readonly Provider[]): World["provider"] {
  return {
    get messages() {
      return providers.flatMap(({ messages }) => messages);
    },
    channels: (life) => providers.map(({ channel }) => channel(life)),
  };
}

function kitOf(parts: {
  readonly stores: Stores;
  readonly clock: VirtualClock;
  readonly seed: number;
  readonly name: string;
  readonly channels: readonly Channel[];
  readonly timings: Partial<Timings>;
}): RecallKit {
  const { stores, clock, seed, name, channels, timings } = parts;
  return createRecallKit({
    stores,
    clock,
    timings,
    channels,
    random: seededRandom(seed),
    ids: sequentialIds(name),
    logger: silentLogger,
    secretKey: SECRET,
  });
}

/** Customers and one or two rules that fire. @returns how many people each rule means */
async function prepare({ operator, random, trace, sms, fallBack }: World): Promise<ReadonlyMap<number, number>> {
  const people = 4 + Math.floor(random.next() * 24);
  await operator.customers.upsert(
    Array.from({ length: people }, (_, n) => ({
      externalKey: `c${n}`,
      ...(random.next() < 0.95 && (sms ? { mobile: mobileOf(n) } : { externalUserId: `wm_${n}` })),
      ...(fallBack && random.next() < 0.9 && { mobile: mobileOf(n) }),
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
      ...(fallBack && {
        channels: ["simulated", NEXT_CHANNEL],
        onUnknown: "hold",
        fallBackAfterMs: 10 * MINUTE + Math.floor(random.next() * 49 * MINUTE),
      }),
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

/** One process after the other: whoever is killed is started again after a while. */
async function work(world: World): Promise<void> {
  const { clock, random, stop, trace } = world;
  while (!stop.signal.aborted) {
    const name = `p${++world.processes}`;
    const life = beginLife({ name, clock, random, trace, until: START + FAULTS_MS });
    const kit = kitOf({
      stores: (world.mutant.stores ?? ((stores: Stores) => stores))(mortalStores(world.stores, life)),
      clock,
      seed: world.seed,
      name,
      channels: world.provider.channels(life).map((channel) => world.mutant.channel?.(channel) ?? channel),
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
  const due = items.flatMap(({ state, settled, notBefore, leaseUntil, handsOn }) => {
    if (leaseUntil !== null) return [leaseUntil];
    if (handsOn) return [now + MINUTE];
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
