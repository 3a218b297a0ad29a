import { describe } from "vitest";
import { consentStoreConformance } from "./index.js";
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

describe("consents", () => {
  provesEveryCase(consentStoreConformance, {
    "has something to tell": broken({ consents: { list: tells((page) => ({ ...page, nextCursor: "0" })) } }, [
      "nobody has said anything in an empty store",
    ]),
    "forgets the wording": broken(
      { consents: { record: takes((tenantId, rows) => [tenantId, rows.map((row) => ({ ...row, wording: null }))]) } },
      ["every field of evidence comes back, in pages and by filters"],
    ),
    "keeps the last that came": broken(
      {
        consents: {
          current:
            (_, { consents }) =>
            async (tenantId, [customerId = 0]) =>
              (await consents.list(tenantId, { customerId })).items.map(({ id: __, ...row }) => row).slice(-1),
        },
      },
      ["the later said word holds, of two of one instant the withdrawal, in whichever order they come"],
    ),
    "counts every row as new": broken({ consents: { record: tells((_, __, rows) => rows.length) } }, [
      "a repeat of evidence adds nothing",
    ]),
    "takes a hundred": broken({ consents: { record: takes((tenantId, rows) => [tenantId, rows.slice(0, 100)]) } }, [
      "a thousand people can agree at once",
    ]),
    "compares without case": broken(
      {
        consents: {
          record: takes((tenantId, rows) => [
            tenantId,
            rows.map((row) => ({ ...row, channel: row.channel.toLowerCase(), purpose: row.purpose.trim() })),
          ]),
        },
      },
      ["channels and purposes compare bytewise"],
    ),
    "ignores tenantId": brokenBy(mixTenants, ["consents of tenants are apart"]),
    "merges nothing": broken(
      { people: { merge: merelyTells({ orderIds: [], deliveries: 0, apart: 0, suppressions: 0, labels: 0 }) } },
      ["words and evidence go along with a merge"],
    ),
    "erases evidence": broken({ people: { collect: tells((record) => record && { ...record, consents: [] }) } }, [
      "evidence outlives an erasure",
    ]),
    "holds nobody back": broken(
      {
        deliveries: {
          transition:
            (real) =>
            async (tenantId, selector, ...more) =>
              "heldBackBy" in selector ? 0 : real(tenantId, selector, ...more),
        },
      },
      ["a selector finds those who have not agreed on the channel or on all"],
    ),
    "forgets on reopen": forgetful(["consents are there after a restart"]),
  });
});
