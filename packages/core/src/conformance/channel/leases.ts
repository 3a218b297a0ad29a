import type { Leases } from "../../ports/leases.js";
import type { ConformanceCase } from "../conformance-case.js";
import { expectSame, expectThat } from "../expect.js";
import type { MovableClock } from "./movable-clock.js";

/** How the cases reach leases. */
export interface LeasesHarness {
  /** Leases of one process; every call gives those of another one. Names may be left over from earlier cases. */
  open(): Promise<Leases>;
  /** The clock that they go by; it is moved forward. */
  readonly clock: MovableClock;
}

/** Facts about `Leases`. */
export function leasesConformance({ open, clock }: LeasesHarness): readonly ConformanceCase[] {
  return Object.entries(facts).map(([fact, check], number) => ({
    name: `leases: ${fact}`,
    run: async () => check({ one: await open(), other: await open(), clock, name: `喵😺 ${number} ${clock.now()}` }),
  }));
}

interface LeaseScene {
  readonly one: Leases;
  readonly other: Leases;
  readonly clock: LeasesHarness["clock"];
  /** A name that nobody has held. */
  readonly name: string;
}

const MINUTE = 60_000;

const facts: Readonly<Record<string, (scene: LeaseScene) => Promise<void>>> = {
  "a name has one holder until the lease is over": async ({ one, other, clock, name }) => {
    const lease = await one.acquire(name, MINUTE);
    expectSame(lease?.until, clock.now() + MINUTE, "end of the lease");
    expectSame([await other.acquire(name, MINUTE), await one.acquire(name, MINUTE)], [undefined, undefined], "others");
    await clock.advance(MINUTE - 1);
    expectSame(await other.acquire(name, MINUTE), undefined, "another holder before the end");
    await clock.advance(1);
    expectThat((await other.acquire(name, MINUTE)) !== undefined, "somebody else gets it at the end");
  },

  "50 who ask at once have one holder": async ({ one, other, name }) => {
    const asked = await Promise.all(
      Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? one : other).acquire(name, MINUTE)),
    );
    expectSame(asked.filter((lease) => lease !== undefined).length, 1, "holders");
  },

  "names compare bytewise": async ({ one, name }) => {
    const leases = [await one.acquire(name, MINUTE), await one.acquire(`${name} `, MINUTE)];
    const cases = [await one.acquire(`${name}a`, MINUTE), await one.acquire(`${name}A`, MINUTE)];
    expectThat([...leases, ...cases].every(Boolean), "all names are free");
  },

  "the fencing token grows with every holder": async ({ one, other, clock, name }) => {
    const first = await one.acquire(name, MINUTE);
    await clock.advance(MINUTE);
    const second = await other.acquire(name, MINUTE);
    if (second) await other.release(second);
    const third = await one.acquire(name, MINUTE);
    const tokens = [first?.token ?? 0, second?.token ?? 0, third?.token ?? 0];
    expectThat(tokens[0] !== 0 && tokens.every((token, n) => n === 0 || token > (tokens[n - 1] ?? 0)), "tokens grow");
  },

  "a renewed lease lasts longer and keeps its token": async ({ one, other, clock, name }) => {
    const lease = await one.acquire(name, MINUTE);
    await clock.advance(MINUTE - 1);
    const renewed = lease && (await one.renew(lease, MINUTE));
    expectSame([renewed?.token, renewed?.until], [lease?.token, clock.now() + MINUTE], "renewed lease");
    await clock.advance(MINUTE - 1);
    expectSame(await other.acquire(name, MINUTE), undefined, "another holder");
  },

  "a lost lease is not renewed, and its release is nothing to the next holder": async ({ one, other, clock, name }) => {
    const lost = await one.acquire(name, MINUTE);
    await clock.advance(MINUTE);
    expectSame(lost && (await one.renew(lost, MINUTE)), undefined, "renewal after the end");
    await other.acquire(name, MINUTE);
    expectSame(lost && (await one.renew(lost, MINUTE)), undefined, "renewal of another's lease");
    if (lost) await one.release(lost);
    expectSame(await one.acquire(name, MINUTE), undefined, "holder after the late release");
  },

  "a released name is free at once": async ({ one, other, name }) => {
    const lease = await one.acquire(name, MINUTE);
    if (lease) await one.release(lease);
    expectThat((await other.acquire(name, MINUTE)) !== undefined, "somebody else gets it");
  },
};
