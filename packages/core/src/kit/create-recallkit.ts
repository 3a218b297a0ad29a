import { setMaxListeners } from "node:events";
import * as z from "zod";
import { type Clock, systemClock } from "../clock.js";
import { capsSet, DEFAULT_FREQUENCY_CAPS } from "../contact/frequency-cap.js";
import { DEFAULT_QUIET_HOURS } from "../contact/quiet-hours.js";
import { DEFAULT_COUNTED_STATUSES } from "../customer/order.js";
import { codeOf } from "../delivery/failure.js";
import { createBell } from "../engine/bell.js";
import { createBreakers } from "../engine/breaker.js";
import { callChannel } from "../engine/call-channel.js";
import { createCallWatch } from "../engine/call-watch.js";
import { channelShelf } from "../engine/channel-shelf.js";
import { createElasticPool, type ElasticPool } from "../engine/elastic-pool.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { KitEvent } from "../engine/events.js";
import { DEFAULT_TIMINGS } from "../engine/timings.js";
import { StorageError } from "../errors.js";
import { systemIds } from "../ids.js";
import { idSchema, listenerSchema, objectSchema, signalSchema } from "../input.js";
import { memoryLeases } from "../leases.js";
import { linkPlace } from "../link/link-place.js";
import { type Logger, warningLogger } from "../logger.js";
import { laterMemoryStores } from "../memory/later-memory-stores.js";
import type { Stores } from "../ports/stores.js";
import type { ConsumeOptions } from "../ports/work-queue.js";
import { systemRandom } from "../random.js";
import { knownTenants } from "../tenant/known-tenants.js";
import { BOOTSTRAP_TENANT_ID } from "../tenant/tenant.js";
import { withDefaults } from "../with-defaults.js";
import { checkOptions } from "./check-options.js";
import { checkArguments } from "./checked-call.js";
import { hostKit } from "./host-kit.js";
import type { RecallKit, TenantKit } from "./kit.js";
import { outsideOfTenants } from "./later-parts.js";
import { optionsOf } from "./listings.js";
import type { RecallKitOptions } from "./options.js";
import { rehearsal } from "./rehearsal.js";
import { DEFAULT_RETENTION } from "./retained.js";
import { ENGINE_ROLES, type EngineRole } from "./roles.js";
import { tenantCalls } from "./tenant-calls.js";
import { tenantKeys } from "./tenant-keys.js";
import { tenantKit } from "./tenant-kit.js";

const runOptionsSchema = z.strictObject({
  signal: signalSchema.optional(),
  roles: z.array(z.enum(ENGINE_ROLES)).optional(),
});
const reconcileFirstOptionsSchema = z.strictObject({ resume: z.boolean().optional() });
const retainOptionsSchema = z.strictObject({ signal: signalSchema.optional() });

/** Tenants whose calls are kept ready. */
const MOST_KITS = 1_000;

/**
 * Builds a RecallKit. Nothing runs until `run` or `tick` is called.
 *
 * @throws {ConfigError} `config.invalid` names the option
 */
export function createRecallKit(options?: Omit<RecallKitOptions, "stores">): RecallKit;
export function createRecallKit<S extends Stores>(options: RecallKitOptions<S> & { readonly stores: S }): RecallKit<S>;
export function createRecallKit(options: RecallKitOptions = {}): RecallKit {
  checkOptions(options);
  const logger = options.logger ?? warningLogger;
  const clock = options.clock ?? systemClock;
  const stores = options.stores ?? defaultStores(logger);
  const retention = withDefaults(DEFAULT_RETENTION, options.retention);
  const listeners = new Set<(event: KitEvent) => void>();
  const calls = new AbortController();
  // Every call under way listens to it.
  setMaxListeners(0, calls.signal);
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const assertTenant = knownTenants(stores);
  const engine = engineContext(options, { stores, clock, logger, listeners, callSignal: calls.signal });

  const run = async (signals: readonly AbortSignal[], roles: readonly EngineRole[]): Promise<void> => {
    const stop = AbortSignal.any([...signals, closing.signal]);
    const finished = new AbortController();
    const grace = async () => {
      await aborted(stop, finished.signal);
      await clock.sleep(engine.timings.shutdownMs, finished.signal);
      if (!finished.signal.aborted) calls.abort();
    };
    const guarding = grace();
    const { runLoops } = await import("./run-loops.js");
    const announced = await stores.wakeUps?.listen(() => {
      engine.bell.wake();
      engine.messageBell.wake();
    });
    const taken = roles.includes("worker") ? await options.queue?.consume(wakening(engine)) : undefined;
    await runLoops(engine, roles, stop);
    await taken?.close();
    await announced?.close();
    finished.abort();
    await guarding;
  };

  const kitOf = (tenantId: number): TenantKit => ({
    ...tenantKit(engine, tenantId, assertTenant),
    rehearse: rehearsal(engine, tenantId, options),
  });
  // Making one takes a millisecond, and servers ask with every request; it holds nothing but its tenant's number.
  const kits = new Map<number, TenantKit>();
  const keptKitOf = (tenantId: number): TenantKit => {
    const kit = kits.get(tenantId) ?? kitOf(tenantId);
    if (kits.size >= MOST_KITS) kits.clear();
    kits.set(tenantId, kit);
    return kit;
  };

  return {
    ...kitOf(BOOTSTRAP_TENANT_ID),
    stores,
    forTenant(tenantId) {
      checkArguments([["tenantId", idSchema]], [tenantId]);
      return keptKitOf(tenantId);
    },
    ...outsideOfTenants(engine),
    channelHealth: () => engine.breakers.states(engine.clock.now()),
    linkPlace: engine.links,
    tenants: tenantCalls(engine),
    withTransaction(hostTransaction) {
      checkArguments([["hostTransaction", objectSchema]], [hostTransaction]);
      if (!stores.within) {
        throw new StorageError("transaction.unsupported", "these stores cannot join a transaction of the application", {
          hint: "use stores on SQLite, PostgreSQL or MySQL",
        });
      }
      const inside = stores.within(hostTransaction);
      const { random, logger } = engine;
      return hostKit(engine, inside, tenantKeys(options, { stores: inside, random, logger }));
    },
    async run(how) {
      const [{ signal, roles = ENGINE_ROLES } = {}] = checkArguments([optionsOf(runOptionsSchema)], [how]);
      const loops = run(
        [signal, options.signal].filter((one) => one !== undefined),
        roles,
      );
      running.add(loops);
      await loops.finally(() => running.delete(loops));
    },
    forgetChannels: (tenantId) => engine.forgetChannels(tenantId),
    tick: async () => (await import("./run-loops.js")).tickOnce(engine),
    async reconcileFirst(how) {
      const [read] = checkArguments([optionsOf(reconcileFirstOptionsSchema)], [how]);
      return (await import("./reconcile-first.js")).reconcileFirst(engine, read);
    },
    async retain(how) {
      const [read] = checkArguments([optionsOf(retainOptionsSchema)], [how]);
      return (await import("./retention.js")).retain(engine, retention, read?.signal);
    },
    on(listener) {
      checkArguments([["listener", listenerSchema]], [listener]);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closing.abort();
      await Promise.all(running);
      await stores.close();
    },
  };
}

function engineContext(
  options: RecallKitOptions,
  parts: {
    stores: Stores;
    clock: Clock;
    logger: Logger;
    listeners: Set<(event: KitEvent) => void>;
    callSignal: AbortSignal;
  },
): EngineContext {
  const { stores, clock, logger, listeners, callSignal } = parts;
  const inFlight = options.messagesInFlight ?? DEFAULT_IN_FLIGHT;
  const random = options.random ?? systemRandom;
  const ids = options.ids ?? systemIds;
  const timings = withDefaults(DEFAULT_TIMINGS, options.timings);
  const calls = createCallWatch({ clock, ms: timings.callDeadlineMs, signal: callSignal });
  const shelf = channelShelf({
    channels: options.channels ?? [],
    clock,
    keepMs: timings.channelsMs,
    bounded: (run) => callChannel({ clock, calls }, "channels", run),
  });
  return {
    stores,
    clock,
    random,
    ids,
    logger,
    timings,
    caps: capsSet(DEFAULT_FREQUENCY_CAPS, options.caps),
    quietHours: options.quietHours ?? DEFAULT_QUIET_HOURS,
    statuses: options.countedStatuses ?? DEFAULT_COUNTED_STATUSES,
    concurrency: options.concurrency ?? 4,
    personData: options.personData ?? [],
    alerts: options.alerts,
    leases: options.leases ?? memoryLeases({ clock }),
    owner: ids.next(),
    bell: createBell(stores.wakeUps),
    messageBell: createBell(stores.wakeUps),
    announce: (work) =>
      void options.queue?.announce([work]).catch((error: unknown) => {
        logger.warn("queue.not-announced", { kind: work.kind, code: codeOf(error) });
      }),
    messagePool: typeof inFlight === "number" ? poolOf(inFlight, clock) : inFlight,
    breakers: createBreakers(),
    callSignal,
    calls,
    channels: shelf.of,
    channel: async (tenantId, name) => (await shelf.of(tenantId)).find((channel) => channel.name === name),
    forgetChannels: shelf.forget,
    ...tenantKeys(options, { stores, random, logger }),
    links: options.links && linkPlace(options.links),
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          logger.error("listener.failed", {
            type: event.type,
            reason: error instanceof Error ? error.name : "unknown",
          });
        }
      }
    },
  };
}

const DEFAULT_IN_FLIGHT = 100;
const HEARD_AT_ONCE = 100;

/** Whoever hears of messages looks into the ledger, which says whose turn it is and how often it was said. */
function wakening({ messageBell }: EngineContext): ConsumeOptions {
  return {
    concurrency: HEARD_AT_ONCE,
    handle: async () => {
      messageBell.wake();
      return "done";
    },
  };
}

/** A pool that stays as large as it is. */
function poolOf(size: number, clock: Clock): ElasticPool {
  return createElasticPool({ coreSize: size, maxSize: size, scaleUpThreshold: 1, scaleDownThreshold: 0 }, { clock });
}

function defaultStores(logger: Logger): Stores {
  logger.warn("config.memory_stores", { option: "stores" });
  return laterMemoryStores();
}

/** Resolves when one of the signals is aborted. */
function aborted(...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const any = AbortSignal.any([...signals]);
    if (any.aborted) resolve();
    else any.addEventListener("abort", () => resolve(), { once: true });
  });
}
