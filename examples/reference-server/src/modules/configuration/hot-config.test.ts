import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@recallkit/core";
import { keyRing } from "@recallkit/core/ports";
import { virtualClock } from "@recallkit/core/testing";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { configKey } from "../../frame/config-key.js";
import { openHotConfig } from "./hot-config.js";
import { configurationMigrations } from "./migrations.js";
import { insertEntry, updateEntry } from "./store.js";
import { configValues } from "./values.js";

const limit = configKey({ name: "limit", title: "l", schema: z.int().min(1), defaultValue: 7 });
const secret = configKey({ name: "secret", title: "s", schema: z.string(), defaultValue: "", isSecret: true });
const BY = { action: "update", actor: "user:1", at: 1 } as const;

async function running() {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-hot-"));
  const stores = await sqliteStores({ file: join(folder, "c.db"), sets: [configurationMigrations], migrate: true });
  const values = configValues([{ configuration: [limit, secret] }], keyRing({ secretKey: "k".repeat(40) }));
  const clock = virtualClock(0);
  let heard = () => {};
  const wakeUps = {
    announce: async () => heard(),
    listen: async (onAnnounced: () => void) => {
      heard = onAnnounced;
      return { close: async () => {} };
    },
  };
  const config = openHotConfig({ stores, values, clock, logger: silentLogger, wakeUps });
  const stop = new AbortController();
  const work = config.run({ signal: stop.signal });
  onTestFinished(async () => {
    stop.abort();
    await work;
    await stores.close();
    await rm(folder, { recursive: true, force: true });
  });
  await expect.poll(() => clock.sleeping).toBe(1);
  return { stores, values, clock, config, tell: () => heard() };
}

test("a change is in force with the next look, a second later at most, told or not", async () => {
  const { stores, clock, config } = await running();
  const seen: number[] = [];
  config.watch(limit, () => seen.push(config.get(limit)));
  const entry = await insertEntry(stores, { name: "limit", value: "8", description: "" }, BY);
  expect(config.get(limit)).toBe(7);
  await clock.advance(1000);
  await expect.poll(() => config.get(limit)).toBe(8);
  await updateEntry(stores, entry, { value: "9" }, BY);
  await expect.poll(() => clock.sleeping).toBe(1);
  await clock.advance(1000);
  await expect.poll(() => seen).toEqual([8, 9]);
});

test("a change that is told is in force at once", async () => {
  const { stores, config, tell } = await running();
  await insertEntry(stores, { name: "limit", value: "8", description: "" }, BY);
  tell();
  await expect.poll(() => config.get(limit)).toBe(8);
});

test("a secret is sealed where it lies, and read where it is obeyed", async () => {
  const { stores, values, config } = await running();
  const stored = values.stored("secret", "hush", "value");
  expect(stored).not.toContain("hush");
  await insertEntry(stores, { name: "secret", value: stored, description: "" }, BY);
  await config.refresh();
  expect([config.get(secret), values.shown("secret", stored)]).toEqual(["hush", "******"]);
  expect(values.stored("secret", "******", "value", stored)).toBe(stored);
});
