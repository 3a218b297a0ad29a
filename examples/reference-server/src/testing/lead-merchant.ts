// A merchant of a database of its own, for tests that need no server around it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger, systemRandom } from "@recallkit/core";
import { virtualClock } from "@recallkit/core/testing";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { onTestFinished } from "vitest";
import { moduleMigrations, modules } from "../app.js";
import { personDataOf } from "../frame/server-module.js";
import { type Merchant, merchantNamed } from "../modules/leads/merchant.js";
import type { Engine } from "./engines.js";

/** Thursday, 1 January 2026, 10:00 in Shanghai. */
export const TEST_NOW = Date.UTC(2026, 0, 1, 2, 0);

/** Opens a merchant; everything goes with the test. */
export async function openMerchant({ open }: Pick<Engine, "open">) {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-leads-"));
  const clock = virtualClock(TEST_NOW);
  const stores = await open(folder, { clock });
  onTestFinished(async () => {
    await stores.close();
    await rm(folder, { recursive: true, force: true });
  });
  await stores.migrate(moduleMigrations);
  return { clock, stores, folder, merchant: await merchantOver(stores, clock) };
}

/** A merchant over stores that are open. @param tenantId whose; the first tenant by default */
async function merchantOver(stores: SqlStores, clock: Merchant["context"]["clock"], tenantId = 1): Promise<Merchant> {
  const kit = createRecallKit({ stores, clock, logger: silentLogger, personData: personDataOf(modules) });
  const context = { kit, stores, clock, random: systemRandom };
  // What is left out is asked for by routes only.
  const merchant = await merchantNamed(context as unknown as Merchant["context"], tenantId);
  return { ...merchant, actor: "user:1", actorName: "坐席一" };
}

/** Another tenant of the same database, with a clock of its own that stands at {@link TEST_NOW}. */
export async function anotherMerchant(stores: SqlStores) {
  const clock = virtualClock(TEST_NOW);
  const { id } = await createRecallKit({ stores, clock, logger: silentLogger }).tenants.create({ name: "另一家" });
  return { clock, merchant: await merchantOver(stores, clock, id) };
}
