import type { Clock } from "../clock.js";

/** How many pieces of work may be under way. */
export interface PoolSettings {
  /** Slots that are always there, 1 … `maxSize`. */
  readonly coreSize: number;
  /** Most slots, from `coreSize` on. */
  readonly maxSize: number;
  /** From this share of busy slots on the pool grows, (0, 1]. */
  readonly scaleUpThreshold: number;
  /** Down to this share it shrinks, [0, `scaleUpThreshold`). */
  readonly scaleDownThreshold: number;
}

/** A pool as it stands. */
export interface PoolGauge {
  /** Slots at present. */
  readonly size: number;
  /** Slots that are taken. */
  readonly busy: number;
  /** Pieces of work that wait for a slot. */
  readonly waiting: number;
  /** busy ÷ size. */
  readonly usage: number;
  /** Slots that are always there. */
  readonly coreSize: number;
  /** Most slots. */
  readonly maxSize: number;
}

/** Slots for work, more of them while there is much to do, shared fairly between tenants. */
export interface ElasticPool {
  /** Slots that nobody has. */
  readonly free: number;
  /** Does a piece of work as soon as it has a slot. Of those who wait, the tenant with the fewest under way is next. */
  run<T>(tenantId: number, work: () => Promise<T>): Promise<T>;
  /** Work under way goes on; a smaller pool takes no more until it is within its size. */
  configure(settings: PoolSettings): void;
  /** The pool as it stands. */
  gauge(): PoolGauge;
}

/** So long must a pool have had little to do before it shrinks by half, ms. */
export const SHRINK_AFTER_MS = 10_000;

/** Size of a pool, and since when it has had little to do. */
export interface PoolSize {
  readonly size: number;
  /** Monotonic ms; null: it has enough to do. */
  readonly idleSince: number | null;
}

/** The size that follows: twice as many slots when most are taken, half as many after a calm while. */
export function nextPoolSize(
  { size, idleSince }: PoolSize,
  { busy, waiting }: Pick<PoolGauge, "busy" | "waiting">,
  settings: PoolSettings,
  now: number,
): PoolSize {
  const { coreSize, maxSize, scaleUpThreshold, scaleDownThreshold } = settings;
  const wanted = busy + waiting;
  let grown = Math.min(Math.max(size, coreSize), maxSize);
  while (grown < maxSize && wanted >= scaleUpThreshold * grown) grown = Math.min(maxSize, grown * 2);
  if (grown === coreSize || wanted > scaleDownThreshold * grown) return { size: grown, idleSince: null };
  let since = idleSince ?? now;
  while (grown > coreSize && wanted <= scaleDownThreshold * grown && now - since >= SHRINK_AFTER_MS) {
    grown = Math.max(coreSize, Math.ceil(grown / 2));
    since += SHRINK_AFTER_MS;
  }
  return { size: grown, idleSince: since };
}

/** Makes a pool of its core size. */
export function createElasticPool(
  first: PoolSettings,
  { clock }: { readonly clock: Pick<Clock, "monotonic"> },
): ElasticPool {
  let settings = first;
  let state: PoolSize = { size: settings.coreSize, idleSince: null };
  /** Who waits, by tenant; the tenant that waited longest is first. */
  const queues = new Map<number, (() => void)[]>();
  let waiting = 0;
  let busy = 0;
  const underWay = new Map<number, number>();

  function resize(): void {
    state = nextPoolSize(state, { busy, waiting }, settings, clock.monotonic());
  }

  const load = (tenantId: number) => underWay.get(tenantId) ?? 0;

  /** Begins what waits of the tenant with the fewest under way. */
  function beginNext(): void {
    let best: number | undefined;
    for (const tenantId of queues.keys()) if (best === undefined || load(tenantId) < load(best)) best = tenantId;
    const queue = best === undefined ? undefined : queues.get(best);
    const begin = queue?.shift();
    if (best === undefined || !queue || !begin) return;
    // Behind the others, unless it waits for nothing any more.
    queues.delete(best);
    if (queue.length > 0) queues.set(best, queue);
    waiting -= 1;
    busy += 1;
    underWay.set(best, load(best) + 1);
    begin();
  }

  function fill(): void {
    resize();
    while (busy < state.size && waiting > 0) beginNext();
  }

  function end(tenantId: number): void {
    busy -= 1;
    const left = (underWay.get(tenantId) ?? 1) - 1;
    if (left > 0) underWay.set(tenantId, left);
    else underWay.delete(tenantId);
    fill();
  }

  return {
    get free() {
      resize();
      return Math.max(0, state.size - busy);
    },
    async run(tenantId, work) {
      await new Promise<void>((begin) => {
        const queue = queues.get(tenantId) ?? [];
        queue.push(begin);
        queues.set(tenantId, queue);
        waiting += 1;
        fill();
      });
      try {
        return await work();
      } finally {
        end(tenantId);
      }
    },
    configure(changed) {
      settings = changed;
      fill();
    },
    gauge() {
      resize();
      const { size } = state;
      const { coreSize, maxSize } = settings;
      return { size, busy, waiting, usage: busy / size, coreSize, maxSize };
    },
  };
}
