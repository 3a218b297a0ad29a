import type { SpendEntry } from "../../ports/spend-store.js";
import { addTenant } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type Scene,
  type StoresHarness,
} from "../conformance-case.js";
import { expectSame } from "../expect.js";

/** Facts about `SpendStore`. */
export function spendStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("spend", harness, facts, durable);
}

const DAY = "2026-06-01";
const MONTH = "2026-06";

function entryOf({ tenantId }: Pick<Scene, "tenantId">, part: Partial<SpendEntry> = {}): SpendEntry {
  const about = { tenantId, batchId: 1, channel: "sms", day: DAY, at: 5 };
  return { ...about, people: 3, units: 6, amountMinor: 15, leastUnits: 2, leastMinor: 5, ...part };
}

const hold = ({ stores, tenantId }: Pick<Scene, "stores" | "tenantId">, periods = [DAY, MONTH], channel = "sms") =>
  stores.transaction((tx) => tx.spend.hold(tenantId, channel, periods));

const sums = async ({ stores, tenantId }: Pick<Scene, "stores" | "tenantId">, channel = "sms") =>
  (await stores.spend.sums(tenantId, channel, [MONTH, DAY, "2026-06-02"])).map(
    ({ period, units, amountMinor }) => `${period} ${units} ${amountMinor}`,
  );

const facts: Facts = {
  "nothing was spent in an empty store": async (scene) => {
    const { stores, tenantId } = scene;
    expectSame(await stores.spend.get(tenantId, 1), undefined, "an entry");
    expectSame(await sums(scene), [], "sums");
    expectSame(await stores.spend.sums(tenantId, "sms", []), [], "no sums");
    await stores.spend.lower(tenantId, 1, { units: 0, amountMinor: 0 });
    expectSame(await stores.spend.get(tenantId, 1), undefined, "an entry that was lowered");
  },

  "sums are made when they are held, each once, and come in the order asked for": async (scene) => {
    const first = await hold(scene, [MONTH, DAY]);
    expectSame(
      first.map(({ period, units, amountMinor }) => [period, units, amountMinor]),
      [
        [MONTH, 0, 0],
        [DAY, 0, 0],
      ],
      "sums",
    );
    expectSame(await hold(scene), first.toReversed(), "again, the other way round");
    const ids = new Set([...first, ...(await hold(scene, [DAY], "email"))].map(({ id }) => id));
    expectSame(ids.size, 3, "ids");
  },

  "a charge is kept with every field, and adds to its day and month": async (scene) => {
    const { stores, tenantId } = scene;
    await hold(scene);
    await stores.spend.charge(entryOf(scene));
    await stores.spend.charge(entryOf(scene, { batchId: 2, units: 1, amountMinor: Number.MAX_SAFE_INTEGER - 15 }));
    const left = { leftUnits: 6, leftMinor: 15 };
    expectSame(await stores.spend.get(tenantId, 1), { ...entryOf(scene), ...left }, "the entry");
    const most = Number.MAX_SAFE_INTEGER;
    expectSame(await sums(scene), [`${MONTH} 7 ${most}`, `${DAY} 7 ${most}`], "sums");
    expectSame(await sums(scene, "email"), [], "sums of another channel");
  },

  "an entry is lowered, and so are its sums": async (scene) => {
    const { stores, tenantId } = scene;
    await hold(scene);
    await stores.spend.charge(entryOf(scene));
    for (let n = 0; n < 2; n += 1) await stores.spend.lower(tenantId, 1, { units: 4, amountMinor: 10 });
    expectSame(await sums(scene), [`${MONTH} 4 10`, `${DAY} 4 10`], "sums");
    await stores.spend.lower(tenantId, 1, { units: 0, amountMinor: 0 });
    expectSame(await sums(scene), [`${MONTH} 0 0`, `${DAY} 0 0`], "sums of nothing");
    const { units, leftUnits, leftMinor } = (await stores.spend.get(tenantId, 1)) ?? {};
    expectSame([units, leftUnits, leftMinor], [6, 0, 0], "the entry");
  },

  "a batch that is charged again takes back what it still counted": async (scene) => {
    const { stores, tenantId } = scene;
    await hold(scene);
    await stores.spend.charge(entryOf(scene));
    await stores.spend.lower(tenantId, 1, { units: 2, amountMinor: 5 });
    await hold(scene, ["2026-06-02", MONTH]);
    const again = entryOf(scene, { day: "2026-06-02", people: 1, units: 3, amountMinor: 7, at: 9 });
    await stores.spend.charge(again);
    expectSame(await sums(scene), [`${MONTH} 3 7`, `${DAY} 0 0`, "2026-06-02 3 7"], "sums");
    expectSame(await stores.spend.get(tenantId, 1), { ...again, leftUnits: 3, leftMinor: 7 }, "the entry");
  },

  "of twenty who hold and charge nobody's charge is lost": async (scene) => {
    const { stores, tenantId } = scene;
    const seen = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        stores.transaction(async (tx) => {
          const [day] = await tx.spend.hold(tenantId, "sms", [DAY, MONTH]);
          await tx.spend.charge(entryOf(scene, { batchId: n + 1, units: 1, amountMinor: 1 }));
          return day?.amountMinor ?? -1;
        }),
      ),
    );
    expectSame(
      seen.toSorted((a, b) => a - b),
      [...seen.keys()],
      "sums that they saw",
    );
    expectSame(await sums(scene), [`${MONTH} 20 20`, `${DAY} 20 20`], "sums");
  },

  "what tenants spend is apart": async (scene) => {
    const { stores } = scene;
    const tenantId = await addTenant(stores);
    await hold(scene);
    await hold({ stores, tenantId });
    await stores.spend.charge(entryOf(scene));
    expectSame(await sums({ stores, tenantId }), [`${MONTH} 0 0`, `${DAY} 0 0`], "sums of the other tenant");
    expectSame(await stores.spend.get(tenantId, 1), undefined, "its entry");
    await stores.spend.lower(tenantId, 1, { units: 0, amountMinor: 0 });
    expectSame(await sums(scene), [`${MONTH} 6 15`, `${DAY} 6 15`], "sums");
  },
};

const durable: Facts<DurableScene> = {
  "what was spent is there after a restart": async (scene) => {
    await hold(scene);
    await scene.stores.spend.charge(entryOf(scene));
    const stores = await scene.reopen();
    expectSame(await sums({ ...scene, stores }), [`${MONTH} 6 15`, `${DAY} 6 15`], "sums");
  },
};
