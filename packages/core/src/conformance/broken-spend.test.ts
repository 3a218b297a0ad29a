import { describe } from "vitest";
import { spendStoreConformance } from "./index.js";
import {
  broken,
  brokenBy,
  forgetful,
  merelyTells,
  mixTenants,
  provesEveryCase,
  takes,
  tells,
} from "./testing/broken.js";

describe("spend", () => {
  provesEveryCase(spendStoreConformance, {
    "has always spent something": broken(
      { spend: { sums: tells(() => [{ id: 1, period: "2026", units: 1, amountMinor: 1 }]) } },
      ["nothing was spent in an empty store"],
    ),
    "tells sums as they lie": broken(
      { spend: { hold: tells((rows) => rows.toSorted((a, b) => (a.period < b.period ? -1 : 1))) } },
      ["sums are made when they are held, each once, and come in the order asked for"],
    ),
    "forgets the cheapest": broken({ spend: { charge: takes((entry) => [{ ...entry, leastMinor: 0 }]) } }, [
      "a charge is kept with every field, and adds to its day and month",
    ]),
    "lowers nothing": broken({ spend: { lower: merelyTells(undefined) } }, [
      "an entry is lowered, and so are its sums",
    ]),
    "charges every time": broken(
      {
        spend: {
          charge:
            (real, { spend }) =>
            async (entry) => {
              const before = await spend.get(entry.tenantId, entry.batchId);
              const [units, amountMinor] = [before?.leftUnits ?? 0, before?.leftMinor ?? 0];
              await real({ ...entry, units: entry.units + units, amountMinor: entry.amountMinor + amountMinor });
            },
        },
      },
      ["a batch that is charged again takes back what it still counted"],
    ),
    "holds nobody up": brokenBy(
      (stores) => ({ ...stores, transaction: (work) => work(stores) }),
      ["of twenty who hold and charge nobody's charge is lost"],
    ),
    "ignores tenantId": brokenBy(mixTenants, ["what tenants spend is apart"]),
    "forgets on reopen": forgetful(["what was spent is there after a restart"]),
  });
});
