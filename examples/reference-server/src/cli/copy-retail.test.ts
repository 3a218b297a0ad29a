import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { importFile } from "@recallkit/import";
import { type CopiedTable, copyTenant } from "@recallkit/storage-adapters/copy";
import { expect, onTestFinished, test } from "vitest";
import { audienceDigest } from "../modules/customers/audience-digest.js";
import { engines } from "../testing/engines.js";

const folder = process.env.RECALLKIT_DATA_DIR;
/** Every ordered pair once; without it, each engine is read once and written once. */
const IS_FULL = process.env.COPY_PAIRS === "all";
/** Hash of the audience at the end of the file, the same on every engine. */
const AUDIENCE = "a91eaff28177a1257e7a4beeb9a77a5266f51e09c6d8e69620f9a01703e79a06";

const missing = folder ? engines.find((engine) => engine.missing !== undefined)?.missing : "needs RECALLKIT_DATA_DIR";
const needs = missing === undefined ? "" : ` (${missing})`;
const [sqlite, postgres, mariadb] = engines;

(needs === "" ? test : test.skip)(
  `Online Retail goes ${IS_FULL ? "through every pair of engines" : "around all engines"} unchanged${needs}`,
  { timeout: 300_000 },
  async () => {
    const scratch = await mkdtemp(join(tmpdir(), "recallkit-test-"));
    onTestFinished(() => rm(scratch, { recursive: true }));
    const around = [sqlite, postgres, mariadb, sqlite];
    const [first, ...others] = IS_FULL ? [...around, ...around.slice(1, -1).reverse(), sqlite] : around;
    let from = await first?.open(scratch);
    if (!from) throw new Error("there is no first engine");
    const kit = createRecallKit({ stores: from, logger: silentLogger });
    await importFile(kit, join(folder ?? "", "online_retail.csv.gz"), {}, { preset: "online-retail" });
    let before: readonly CopiedTable[] | undefined;
    for (const engine of others) {
      const to = await engine?.open(scratch);
      if (!to) throw new Error("an engine is missing");
      const copied = await copyTenant(from, to, 1);
      expect(copied.find(({ table }) => table === "rk_orders")?.rows).toBe(18_536);
      if (before) expect(copied).toEqual(before);
      before = copied;
      await from.close();
      from = to;
    }
    const last = createRecallKit({ stores: from, logger: silentLogger });
    const asOf = Date.parse("2011-12-10T00:00:00+08:00");
    const segment = { lapse: { minDays: 30, maxDays: 45 } };
    expect((await audienceDigest(last.audience.resolve({ segment }, { asOf }))).sha256).toBe(AUDIENCE);
    await last.close();
  },
);
