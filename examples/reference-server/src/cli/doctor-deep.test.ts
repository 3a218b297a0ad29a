// Figures that are kept, held against the rows that they count, by `doctor --deep`.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { moduleMigrations } from "../app.js";
import { parseDatabaseUrl } from "../config/database-url.js";
import { openStoresAt } from "../open-stores.js";
import { runCommand } from "../testing/command-line.js";
import { engines } from "../testing/engines.js";

interface Check {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
}

test.each(engines.filter(({ missing }) => missing === undefined).map((engine) => [engine.name, engine] as const))(
  "%s: figures that are not what their rows give are named, and only those",
  { timeout: 60_000 },
  async (_, engine) => {
    const folder = await mkdtemp(join(tmpdir(), "recallkit-deep-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const url = await engine.newUrl(folder);
    const setting = parseDatabaseUrl(url);
    if (typeof setting === "string") throw new Error(setting);
    const stores = await openStoresAt(setting, { sets: moduleMigrations });
    onTestFinished(() => stores.close());
    await stores.migrate();
    const kit = createRecallKit({ stores, logger: silentLogger });
    await kit.customers.upsert([{ externalKey: "mimi", externalUserId: "wm_1" }]);
    const order = { externalId: "o1", externalKey: "mimi", orderedAt: 1_700_000_000_000, amount: 99 };
    await kit.orders.ingest([order], { source: "shop" });
    await kit.coupons.create({ name: "满减", stock: 10, perPerson: 1, validFrom: 1, validTo: 4_000_000_000_000 });
    await sql`insert into rk_occurrences (tenant_id, rule_id, rule_version, kind, nominal, time_zone, due_at, expires_at, state,
      blocked_on_review, snapshot_cursor, salt, lease_epoch, created_at)
      values (1, 1, 1, 'slot', 'n', 'UTC', 0, 1, 'completed', 0, 0, '', 0, 0)`.execute(stores.sql);
    await sql`insert into rk_deliveries (tenant_id, occurrence_id, rule_id, customer_id, channel, state, accepted_at,
      touched_at, updated_at)
      select 1, oc.id, 1, c.id, 'wecom', 'accepted', 1699999999000, 1699999999000, 0
      from rk_occurrences as oc cross join rk_customers as c`.execute(stores.sql);
    await kit.conversions.rollUp();
    const deep = async () => {
      const { code, stdout, stderr } = await runCommand(["--json", "doctor", "--deep"], {
        DATABASE_URL: url,
        DATA_DIR: folder,
        SIMULATORS: "on",
      });
      const { checks } = JSON.parse(stdout) as { readonly checks: readonly Check[] };
      return { code, stderr, figures: checks.filter(({ name }) => name.startsWith("figures:")) };
    };
    const right = await deep();
    expect(right.figures.length).toBeGreaterThan(6);
    expect(right.figures.filter(({ status }) => status !== "ok")).toEqual([]);

    await sql`update rk_coupons set stock_left = 7`.execute(stores.sql);
    await sql`update rk_tenants set max_order_at = 1600000000000 where id = 1`.execute(stores.sql);
    await sql`insert into rk_call_hours (tenant_id, package_id, local_day, local_hour, calls, connected, voicemail, busy,
      no_answer, rejected, interested, duration) values (1, 7, '2026-01-02', 10, 3, 1, 1, 1, 0, 0, 1, 60)`.execute(
      stores.sql,
    );
    await sql`update rk_credited_orders set amount_minor = 7`.execute(stores.sql);
    const wrong = await deep();
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain("figures:stock-of-coupons");
    const found = wrong.figures.filter(({ status }) => status !== "ok").map(({ name, detail }) => [name, detail]);
    expect(found).toEqual([
      ["figures:stock-of-coupons", "tenant 1, 1: kept 3, counted 0"],
      ["figures:latest-orders", "tenant 1, max_order_at: kept 1600000000000, counted 1700000000000"],
      ["figures:credits-of-orders", "tenant 1, 1: kept 1/7/0, counted 1/9900/0"],
      ["figures:calls-of-hours", "tenant 1, 7 2026-01-02 10: kept 3/1/1/60, counted 0/0/0/0"],
    ]);
  },
);
