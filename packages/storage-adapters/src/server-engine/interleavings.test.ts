// Two processes in the middle of each other's transactions. Each race is also run on stores that hold no rows, to show
// that what keeps the invariant is the lock and not luck.
import { createRecallKit, type RecallKit, type RuleInput, silentLogger, systemClock } from "@recallkit/core";
import { CHANNEL_SPEC_VERSION, type Channel, type SendOutcome } from "@recallkit/core/ports";
import { describe, expect, test } from "vitest";
import type { SqlStores } from "../sql/sql-stores.js";
import { signal, type TestServer, testServers } from "./test-support.js";

/** Monday 1 June 2026, 10:00 in Shanghai. */
const START = Date.UTC(2026, 5, 1, 2);
const HOUR = 3_600_000;

const EVERYBODY: RuleInput = {
  name: "everybody",
  segment: { everybody: true },
  validFrom: "2026-01-01",
  validTo: "2100-12-31",
  content: { text: "喵" },
};

type Method = (...args: unknown[]) => Promise<unknown>;
type Watch = (call: string, args: readonly unknown[], real: () => Promise<unknown>) => Promise<unknown>;

/** The same stores with every call of a port watched, also in transactions. */
function watched<S extends SqlStores>(stores: S, watch: Watch): S {
  const ports = Object.entries(stores).flatMap(([port, methods]) => {
    if (typeof methods !== "object" || port === "sql" || port === "wakeUps") return [];
    const calls = Object.entries(methods as Record<string, Method>).map(([name, method]) => [
      name,
      (...args: unknown[]) => watch(`${port}.${name}`, args, () => method(...args)),
    ]);
    return [[port, Object.fromEntries(calls)]];
  });
  const transaction: S["transaction"] = (work) => stores.transaction((tx) => work(watched(tx, watch)));
  // Ports are matched by name here; the type of `S` is what they were taken from.
  return { ...stores, ...Object.fromEntries(ports), transaction } as S;
}

/** The same stores without locks of rows. */
function withoutLocks(stores: SqlStores): SqlStores {
  const drop = (port: "rules" | "occurrences" | "batches" | "tenants", tx: SqlStores) => ({
    ...tx[port],
    get: (...args: readonly unknown[]) => {
      const kept = args.filter((arg) => arg !== "exclusive" && arg !== "shared");
      return (tx[port].get as Method)(...kept);
    },
  });
  const bare = (tx: SqlStores): SqlStores =>
    ({
      ...tx,
      rules: drop("rules", tx),
      occurrences: drop("occurrences", tx),
      batches: drop("batches", tx),
      tenants: drop("tenants", tx),
      deliveries: { ...tx.deliveries, lockPeople: async () => {} },
      transaction: (work: (tx: SqlStores) => Promise<unknown>) => tx.transaction((inner) => work(bare(inner))),
    }) as SqlStores;
  return bare(stores);
}

interface Shop {
  readonly kit: RecallKit;
  readonly stores: SqlStores;
  /** What was sent, one list of addresses per call. */
  readonly sent: (readonly string[])[];
}

interface Race {
  readonly prepare: (shop: Shop) => Promise<void>;
  /** The first process stops after this call … */
  readonly stopAfter: (call: string, args: readonly unknown[], sent: Shop["sent"]) => boolean;
  readonly first: (shop: Shop) => Promise<unknown>;
  /** … and goes on once the second is done or waits for a lock. */
  readonly second: (shop: Shop) => Promise<unknown>;
  readonly outcome: (shop: Shop, answers: readonly unknown[]) => Promise<unknown>;
  readonly expected: unknown;
  /** By engine where they differ. */
  readonly withoutLocks: unknown;
  /** The provider's word about one address. @default accepted */
  readonly answer?: (address: string) => SendOutcome;
  /** The first process waits for the provider until the second is done. */
  readonly isFirstSlow?: true;
  /** @default 100 */
  readonly maxBatchSize?: number;
  /** Hours after START. @default 0 */
  readonly at?: number;
}

async function outcomeOf(race: Race, server: TestServer, isNaive: boolean): Promise<unknown> {
  const open = await server.place();
  const time = { now: START };
  const sent: (readonly string[])[] = [];
  const secondEnded = signal();
  const shopOver = async (isFirst: boolean, watch?: Watch): Promise<Shop> => {
    const opened = await open();
    const real = isNaive ? withoutLocks(opened) : opened;
    const stores = watch ? watched(real, watch) : real;
    const channel: Channel = {
      name: "wecom",
      specVersion: CHANNEL_SPEC_VERSION,
      personal: false,
      addressType: "external_userid",
      maxBatchSize: race.maxBatchSize ?? 100,
      capability: () => "none",
      async send({ recipients }) {
        const addresses = recipients.map(({ address }) => address);
        sent.push(addresses);
        if (isFirst && race.isFirstSlow) await secondEnded.given;
        return addresses.map(race.answer ?? (() => ({ kind: "accepted" as const, providerMessageId: "m" })));
      },
    };
    const clock = { ...systemClock, now: () => time.now };
    const secretKey = "a secret key that is long enough to be one";
    const options = { stores, channels: [channel], logger: silentLogger, clock, secretKey, concurrency: 1 };
    return { kit: createRecallKit(options), stores, sent };
  };
  const [reached, go] = [signal(), signal()];
  let isStopped = false;
  const one = await shopOver(true, async (call, args, real) => {
    const result = await real();
    if (!isStopped && isRunning && race.stopAfter(call, args, sent)) {
      isStopped = true;
      reached.give();
      await go.given;
    }
    return result;
  });
  let isRunning = false;
  const other = await shopOver(false);
  await race.prepare(other);
  time.now += (race.at ?? 0) * HOUR;
  isRunning = true;
  const settled = (work: Promise<unknown>) => work.catch((error: unknown) => (error as { code?: string }).code);
  const first = settled(race.first(one));
  await Promise.race([reached.given, first]);
  expect(isStopped, "the first process came to where it stops").toBe(true);
  let isDone = false;
  const second = settled(race.second(other)).finally(() => {
    isDone = true;
    secondEnded.give();
  });
  // MariaDB tells the locks anew only after 100 ms in which nobody asked.
  await expect
    .poll(async () => isDone || (await server.waiting(one.stores)) > 0, { timeout: 60_000, interval: 150 })
    .toBe(true);
  go.give();
  return race.outcome(other, [await first, await second]);
}

const people = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ externalKey: `c${n}`, externalUserId: `wm_${n}` }));

const RACES: Readonly<Record<string, Race>> = {
  "two pushes reach a person at once: one message a day, not two": {
    async prepare({ kit }) {
      await kit.customers.upsert(people(1));
      for (const name of ["one", "two"]) await kit.rules.create({ ...EVERYBODY, name });
      await kit.occurrences.runNow(1);
    },
    stopAfter: (call, args) => call === "deliveries.transition" && JSON.stringify(args[1]).includes("cappedBy"),
    first: ({ kit }) => kit.tick(),
    async second({ kit }) {
      await kit.occurrences.runNow(2);
      await kit.tick();
    },
    outcome: async ({ sent }) => sent,
    expected: [["wm_0"]],
    withoutLocks: [["wm_0"], ["wm_0"]],
  },

  "a rule is paused while a batch is about to go: the answer comes after the batch has gone or stayed": {
    async prepare({ kit }) {
      await kit.customers.upsert(people(1));
      await kit.rules.create(EVERYBODY);
      await kit.occurrences.runNow(1);
    },
    stopAfter: (call) => call === "deliveries.addresses",
    first: ({ kit }) => kit.tick(),
    async second({ kit }) {
      await kit.rules.setStatus(1, "paused");
      const { items } = await kit.batches.list();
      return items.map(({ state }) => (state === "leased" ? "still about to go" : "gone"));
    },
    outcome: async (_, [, seen]) => seen,
    expected: ["gone"],
    withoutLocks: ["still about to go"],
  },

  "an occurrence is cancelled while a batch of it is about to go: the same": {
    async prepare({ kit }) {
      await kit.customers.upsert(people(1));
      await kit.rules.create(EVERYBODY);
      await kit.occurrences.runNow(1);
    },
    stopAfter: (call) => call === "deliveries.addresses",
    first: ({ kit }) => kit.tick(),
    async second({ kit, sent }) {
      await kit.occurrences.cancel(1);
      return sent.length;
    },
    outcome: async ({ stores }, _answers) => {
      const { items } = await stores.batches.list(1, {});
      return items.map(({ state }) => state);
    },
    // Without locks too, a batch is either sent or cancelled: its own row decides.
    expected: ["accepted"],
    withoutLocks: ["accepted"],
  },

  "a rule is paused while a snapshot of it ends: what began is held": {
    async prepare({ kit }) {
      await kit.customers.upsert(people(1));
      await kit.rules.create(EVERYBODY);
      await kit.occurrences.runNow(1);
    },
    stopAfter: (call) => call === "deliveries.countByState",
    first: ({ kit }) => kit.tick(),
    second: ({ kit }) => kit.rules.setStatus(1, "paused"),
    async outcome({ stores }) {
      const { items } = await stores.occurrences.list(1, {});
      return items.map(({ state }) => (state === "running" ? "runs although its rule is paused" : "held or done"));
    },
    expected: ["held or done"],
    withoutLocks: ["runs although its rule is paused"],
  },

  "two slots of a rule begin at once: the second is skipped": {
    async prepare({ kit }) {
      await kit.customers.upsert(people(3));
      const slots = [
        { weekday: 1, time: "11:00" },
        { weekday: 1, time: "11:01" },
      ] as const;
      await kit.rules.create({ ...EVERYBODY, slots: [...slots], messageClass: "transactional" });
    },
    at: 1.5,
    isFirstSlow: true,
    stopAfter: (call) => call === "occurrences.hasSending",
    first: ({ kit }) => kit.tick(),
    second: ({ kit }) => kit.tick(),
    async outcome({ sent }) {
      return sent.length;
    },
    expected: 1,
    withoutLocks: 2,
  },

  "a rule is edited while its slots are planned: the next slot is that of the new version": {
    async prepare({ kit }) {
      await kit.rules.create({ ...EVERYBODY, slots: [{ weekday: 1, time: "11:00" }] });
    },
    at: 2,
    stopAfter: (call) => call === "rules.get",
    first: ({ kit }) => kit.tick(),
    second: ({ kit }) => kit.rules.edit(1, { ...EVERYBODY, slots: [{ weekday: 2, time: "11:00" }] }),
    async outcome({ kit }) {
      return new Date((await kit.rules.get(1)).nextDueAt ?? 0).toISOString();
    },
    expected: "2026-06-02T03:00:00.000Z",
    withoutLocks: "2026-06-08T03:00:00.000Z",
  },

  "two imports know different things of a person: both are kept": {
    async prepare({ kit }) {
      await kit.customers.upsert([{ externalKey: "c1" }]);
    },
    stopAfter: (call) => call === "customers.findByKeys",
    first: ({ kit }) => kit.customers.upsert([{ externalKey: "c1", name: "喵" }]),
    second: ({ kit }) => kit.customers.upsert([{ externalKey: "c1", externalUserId: "wm_1" }]),
    async outcome({ stores }) {
      const [customer] = await stores.customers.findByKeys(1, ["c1"]);
      return [customer?.name, customer?.identities.external_userid];
    },
    expected: ["喵", "wm_1"],
    withoutLocks: ["喵", undefined],
  },

  "two imports bring the same new person: each is answered": {
    prepare: async () => {},
    stopAfter: (call) => call === "customers.findByKeys",
    first: ({ kit }) => kit.customers.upsert([{ externalKey: "c1", name: "喵" }]),
    second: ({ kit }) => kit.customers.upsert([{ externalKey: "c1", name: "喵" }]),
    outcome: async (_, answers) =>
      answers.map((answer) => (typeof answer === "string" ? answer : (answer as { inserted: number }).inserted)),
    expected: [1, 0],
    withoutLocks: ["customer.key-taken", 1],
  },

  "two batches put somebody off at once: each gets a later batch of its own": {
    async prepare({ kit }) {
      await kit.customers.upsert(people(4));
      await kit.rules.create(EVERYBODY);
      await kit.occurrences.runNow(1);
    },
    maxBatchSize: 2,
    answer: (address) =>
      address === "wm_0" || address === "wm_2"
        ? { kind: "deferred", notBefore: START + 5 * HOUR }
        : { kind: "accepted", providerMessageId: "m" },
    stopAfter: (call, _, sent) => sent.length > 0 && call === "batches.countByState",
    first: ({ kit }) => kit.tick(),
    second: ({ kit }) => kit.tick(),
    async outcome({ stores }) {
      const { items } = await stores.batches.list(1, {});
      return items.slice(2).map(({ number, size }) => [number, size]);
    },
    expected: [
      [3, 1],
      [4, 1],
    ],
    // MariaDB keeps the second from the rows of the first all the same.
    withoutLocks: (engine: string) =>
      engine === "PostgreSQL"
        ? [[3, 1]]
        : [
            [3, 1],
            [4, 1],
          ],
  },
};

describe.each(testServers.map((server) => [server.name, server] as const))("races on %s", (_, server) => {
  const run = server.isThere ? test : test.skip;
  for (const [title, race] of Object.entries(RACES)) {
    run(title, async () => {
      expect(await outcomeOf(race, server, false)).toEqual(race.expected);
      const { withoutLocks } = race;
      const naive = typeof withoutLocks === "function" ? withoutLocks(server.name) : withoutLocks;
      expect(await outcomeOf(race, server, true)).toEqual(naive);
    });
  }
});
