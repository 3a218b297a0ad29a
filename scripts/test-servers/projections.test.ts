// Figures of orders in a real ClickHouse against those of the ledger, through kills and times in which it is away.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRecallKit, systemClock } from "@recallkit/core";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { expect, onTestFinished, test } from "vitest";
import { moduleMigrations } from "../../examples/reference-server/src/app.ts";
import { clickhouse } from "../../examples/reference-server/src/modules/projections/clickhouse/clickhouse.ts";
import { ledgerAnalytics } from "../../examples/reference-server/src/modules/projections/embedded/analytics.ts";
import { projectOnce } from "../../examples/reference-server/src/modules/projections/projector.ts";
import { startClickhouse } from "./clickhouse.ts";

const cli = fileURLToPath(new URL("../../examples/reference-server/dist/cli.js", import.meta.url));
const CHANGES = Number(process.env.PROJECTION_CHANGES ?? 4_000);
const ALL = { from: 0, to: 4e12 };

function orders(from: number, count: number, amount = 250) {
  return Array.from({ length: count }, (_, n) => {
    const id = from + n;
    return {
      externalId: `o${id}`,
      externalKey: `c${id % 997}`,
      orderedAt: 1_767_225_600_000 + id * 1000,
      refundedMinor: id % 10 === 0 ? 100 : 0,
      lines: [
        { sku: `s${id % 13}`, category: { key: `p${id % 7}` }, quantity: 1 + (id % 3), amountMinor: amount },
        { sku: "x", quantity: 1, amountMinor: id % 100 },
      ],
    };
  });
}

test(`ClickHouse has the ledger's figures after ${CHANGES} changes, kills on both sides and an absence (needs ClickHouse)`, {
  timeout: 120_000 + CHANGES * 10,
}, async ({ skip }) => {
  const server = await startClickhouse();
  if (!server && process.env.REQUIRE_SERVICES === "1") throw new Error("ClickHouse is required and not installed");
  if (!server) return skip("ClickHouse is not installed");
  onTestFinished(() => server.stop());
  const folder = await mkdtemp(join(tmpdir(), "recallkit-projections-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "shop.db");
  const stores = await sqliteStores({ file, migrate: true });
  await stores.migrate(moduleMigrations);
  const kit = createRecallKit({ stores });
  onTestFinished(() => kit.close());
  const other = await kit.tenants.create({ name: "B" });
  const { hostname, port } = new URL(server.url);
  const target = clickhouse({ host: hostname, port: Number(port), database: "revisit" });
  onTestFinished(() => target.close());
  const parts = { stores, clock: systemClock };
  const tenantIds = [1, other.id];
  const agree = async () => {
    const ledger = ledgerAnalytics(stores);
    expect(await target.figures({ tenantIds, ...ALL })).toEqual(await ledger.figures({ tenantIds, ...ALL }));
    expect(await target.topItems({ tenantIds, ...ALL }, 10)).toEqual(await ledger.topItems({ tenantIds, ...ALL }, 10));
  };

  const half = Math.floor(CHANGES / 2);
  await kit.forTenant(1).orders.ingest(orders(0, half));
  await kit.forTenant(other.id).orders.ingest(orders(0, 500));
  // A projector in a process of its own, killed while it hands facts over.
  const env = { PATH: process.env.PATH, CLICKHOUSE_HOST: hostname, CLICKHOUSE_PORT: port, DATA_DIR: folder };
  const argv = [
    cli,
    "--db",
    `sqlite:${file}`,
    "--json",
    "projections",
    "run",
    "--target",
    "clickhouse",
    "--page",
    "100",
  ];
  const child = spawn(process.execPath, argv, { env, stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const handed = async () =>
    (
      await stores.sql
        .withTables<{ rk_projections: { facts: number } }>()
        .selectFrom("rk_projections")
        .select(({ fn }) => fn.sum<number>("facts").as("facts"))
        .executeTakeFirst()
    )?.facts ?? 0;
  await expect.poll(handed, { timeout: 60_000, interval: 5 }).toBeGreaterThan(100);
  child.kill("SIGKILL");
  await ended;
  await server.restart("killed");
  expect(await projectOnce(parts, target)).toMatchObject({ error: null });
  await agree();

  // Away: told of, nothing lost, and the ledger goes on.
  await kit.forTenant(1).orders.ingest(orders(half, CHANGES - half));
  await kit.forTenant(1).orders.ingest(orders(0, 200, 999));
  const away = clickhouse({ host: hostname, port: 1, database: "revisit", timeoutMs: 1000 });
  onTestFinished(() => away.close());
  expect(await projectOnce(parts, away)).toEqual({ facts: 0, error: "projection.unavailable" });
  expect(await projectOnce(parts, target)).toMatchObject({ error: null });
  await agree();
  expect(await projectOnce(parts, target)).toEqual({ facts: 0, error: null });
});
