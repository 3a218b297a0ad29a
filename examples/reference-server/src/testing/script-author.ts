// What writes texts on a database of its own, for tests that need no server around it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger, systemClock } from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { onTestFinished } from "vitest";
import { moduleMigrations, modules } from "../app.js";
import type { Environment } from "../config/environment.js";
import { readConfig } from "../config.js";
import { personDataOf } from "../frame/server-module.js";
import type { ScriptAuthor } from "../modules/scripts/service.js";
import type { Engine } from "./engines.js";

/** Opens a database for texts; everything goes with the test. */
export async function openScripts({ open }: Pick<Engine, "open">, environment: Environment = {}) {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-scripts-"));
  const stores = await open(folder);
  onTestFinished(async () => {
    await stores.close();
    await rm(folder, { recursive: true, force: true });
  });
  await stores.migrate(moduleMigrations);
  return { stores, ...authorOver(stores, environment) };
}

/** Another process, as far as texts go, over stores that are open. */
export function authorOver(stores: SqlStores, environment: Environment = {}) {
  const transport = undiciTransport();
  onTestFinished(() => transport.close());
  const kit = createRecallKit({ stores, clock: systemClock, logger: silentLogger, personData: personDataOf(modules) });
  const context = { kit, stores, clock: systemClock, transport, config: readConfig(environment) };
  const author: ScriptAuthor = { context };
  return { author, kit };
}
