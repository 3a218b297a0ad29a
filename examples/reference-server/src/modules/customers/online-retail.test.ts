import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { importFile } from "@recallkit/import";
import { describe, expect, test } from "vitest";
import { engines } from "../../testing/engines.js";
import { audienceDigest } from "./audience-digest.js";

const folder = process.env.RECALLKIT_DATA_DIR;
const name = "UCI Online Retail gives its published figures, and none change when it is imported again, on ";
/** Hash of the audience at the end of the file, the same on every engine. */
const AUDIENCE = "a91eaff28177a1257e7a4beeb9a77a5266f51e09c6d8e69620f9a01703e79a06";

// The others by `npm run test:full`; a copy of the same shop visits every engine at every change.
const tried = process.env.RETAIL_ENGINES === "all" ? engines : engines.slice(0, 1);

// Chen, "Online Retail", https://doi.org/10.24432/C5BW33
describe.each(tried.map((engine) => [engine.name, engine] as const))("%s", (_, engine) => {
  const reason = folder ? engine.missing : "needs RECALLKIT_DATA_DIR";
  const needs = reason === undefined ? "" : ` (${reason})`;
  (needs === "" ? test : test.skip)(name + engine.name + needs, { timeout: 300_000 }, async () => {
    const scratch = await mkdtemp(join(tmpdir(), "recallkit-test-"));
    const kit = createRecallKit({ stores: await engine.open(scratch), logger: silentLogger });
    try {
      const file = join(folder ?? "", "online_retail.csv.gz");
      const preset = "online-retail" as const;
      const facts = {
        rows: 541_909,
        skipped: { cancelled: 9288, no_customer: 134_697 },
        rejectedRows: 0,
        rejected: [],
        dropped: [],
        amountMinor: 891_140_790,
      };
      const first = await importFile(kit, file, {}, { preset });
      expect(first).toMatchObject({
        ...facts,
        ...{ inserted: 18_536, updated: 0, unchanged: 0 },
        customers: { inserted: 4339, updated: 0, unchanged: 0 },
        labels: { updated: 0, unchanged: 0 },
      });

      const asOf = Date.parse("2011-12-10T00:00:00+08:00");
      const segment = { lapse: { minDays: 30, maxDays: 45 } };
      const digest = await audienceDigest(kit.audience.resolve({ segment }, { asOf }));
      expect(digest.count).toBe(await kit.audience.count({ segment }, { asOf }));
      expect(digest.sha256).toBe(AUDIENCE);

      const second = await importFile(kit, file, {}, { preset });
      expect(second).toMatchObject({
        ...facts,
        ...{ inserted: 0, updated: 0, unchanged: 18_536 },
        customers: { inserted: 0, updated: 0, unchanged: 4339 },
        labels: { inserted: 0, updated: 0, unchanged: first.labels?.inserted },
      });
    } finally {
      await kit.close();
      await rm(scratch, { recursive: true });
    }
  });
});
