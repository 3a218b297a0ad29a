import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRecallKit, silentLogger, systemClock } from "@recallkit/core";
import { addDays, localDateOf } from "@recallkit/core/ports";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { moduleMigrations } from "../app.js";
import { putInstitution } from "../modules/institutions/service.js";
import { putSettings } from "../modules/revisit/settings.js";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
// More than a page.
const PEOPLE = 260;

test("a run that is killed after a page, two that race with it and one that comes later plan each person once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-revisit-kill-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "revisit.db");
  const stores = await sqliteStores({ file, sets: moduleMigrations, migrate: true });
  const kit = createRecallKit({ stores, channels: [], logger: silentLogger });
  onTestFinished(() => kit.close());
  const now = systemClock.now();
  const today = localDateOf(now, "Asia/Shanghai");
  const facts = { type: "", address: "", phone: "", email: "", status: "active" as const, rowHash: null };
  await putInstitution(stores, { tenantId: kit.tenantId, code: "A-1", name: "甲", ...facts }, now);
  await kit.customers.upsert(
    Array.from({ length: PEOPLE }, (_, n) => ({
      ...{ externalKey: `p${n}`, name: "张静", mobile: `+86138${String(10_000_000 + n)}` },
      bornOn: `1984-${addDays(today, n % 8).slice(5)}`,
    })),
  );
  const patch = { mode: "auto", channels: ["sms"] } as const;
  await putSettings(stores, systemClock, kit.tenantId, { patch, actor: "test", daysAhead: 7 });

  const run = (): ChildProcess =>
    spawn(process.execPath, [CLI, "revisit", "run", "--json"], {
      env: { PATH: process.env.PATH, DATABASE_URL: `sqlite:${file}`, DATA_DIR: folder },
      stdio: ["ignore", "ignore", "pipe"],
    });
  const ended = (child: ChildProcess) => new Promise((resolve) => child.once("close", (code) => resolve(code)));
  const killed = run();
  const end = ended(killed);
  // Told after each page.
  await new Promise<void>((resolve) => killed.stderr?.once("data", () => resolve()));
  killed.kill("SIGKILL");
  await end;
  const planned = async () => {
    const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM rk_revisits WHERE state = 'planned'`.execute(
      stores.sql,
    );
    return rows[0]?.n ?? 0;
  };
  expect(await planned()).toBeLessThan(PEOPLE);
  // The lease of the dead process is over.
  await sql`UPDATE rk_revisit_runs SET lease_until = 0`.execute(stores.sql);
  expect(await Promise.all([ended(run()), ended(run())])).toEqual([0, 0]);
  // Of two that race, one may have left people to the other; a later one finds nobody left.
  expect(await ended(run())).toBe(0);
  expect(await planned()).toBe(PEOPLE);
  const listed: number[] = [];
  for await (const { customerIds, kind } of kit.occurrences.all()) {
    expect(kind).toBe("revisit");
    listed.push(...(customerIds ?? []));
  }
  expect([listed.length, new Set(listed).size]).toEqual([PEOPLE, PEOPLE]);
}, 120_000);
