// A service desk of a database of its own, for tests that need no server around it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { virtualClock } from "@recallkit/core/testing";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { expect, onTestFinished } from "vitest";
import { moduleMigrations, modules } from "../app.js";
import { personDataOf } from "../frame/server-module.js";
import { type Desk, deskOf } from "../modules/service-desk/context.js";
import type { DeskOutcome, DeskStaff, TicketInput } from "../modules/service-desk/desk.js";
import { addStaff, type StaffInput } from "../modules/service-desk/staff/edit.js";
import type { Engine } from "./engines.js";

/** Monday, 5 January 2026, 10:00 in Shanghai. */
export const DESK_NOW = Date.UTC(2026, 0, 5, 2, 0);
export const ADMIN = { kind: "admin" } as const;

/** Opens an engine with every table; everything goes with the test. */
export async function openDeskStores({ open }: Pick<Engine, "open">) {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-desk-"));
  const clock = virtualClock(DESK_NOW);
  const stores = await open(folder, { clock });
  onTestFinished(async () => {
    await stores.close();
    await rm(folder, { recursive: true, force: true });
  });
  await stores.migrate(moduleMigrations);
  return { stores, clock };
}

/** A tenant of its own with a clock that stands at {@link DESK_NOW}, and how it is worked with. */
export async function newDesk(stores: SqlStores, settings: Partial<Desk["settings"]> = {}) {
  const clock = virtualClock(DESK_NOW);
  const kit = createRecallKit({ stores, clock, logger: silentLogger, personData: personDataOf(modules) });
  const { id: tenantId } = await kit.tenants.create({ name: "另一家" });
  const context = { kit, stores, clock, logger: silentLogger };
  const read = await deskOf(context, tenantId);
  const desk: Desk = { ...read, settings: { ...read.settings, ...settings } };
  let made = 0;
  return {
    desk,
    clock,
    kit: kit.forTenant(tenantId),
    /** Adds customers. @returns their ids */
    async customers(count: number): Promise<readonly number[]> {
      const keys = Array.from({ length: count }, () => `c${++made}`);
      await kit.forTenant(tenantId).customers.upsert(
        keys.map((externalKey) => ({
          externalKey,
          mobile: `+8613800${String(100_000 + made * 100 + keys.indexOf(externalKey))}`,
        })),
      );
      const rows = await stores.sql
        .selectFrom("rk_customers")
        .select("id")
        .where("tenant_id", "=", tenantId)
        .where("external_key", "in", keys)
        .orderBy("id")
        .execute();
      return rows.map(({ id }) => id);
    },
    /** Adds somebody who is online. */
    async staff(input: Partial<StaffInput> = {}): Promise<DeskStaff> {
      const facts = { name: `员工 ${++made}`, role: "staff", skills: [], capacity: 5, presence: "online" } as const;
      return value(await addStaff(desk, { ...facts, ...input }));
    },
    /** A ticket to open. */
    ticket(input: Partial<TicketInput> = {}): TicketInput {
      const facts = { customerId: null, kind: "after_sales", subject: "坏了", body: "", source: "api" } as const;
      return { ...facts, requestKey: `t${++made}`, ...input };
    },
  };
}

/** What was done; a no fails the test. */
export function value<T>(outcome: DeskOutcome<T>): T {
  if (!outcome.ok) expect(outcome).toMatchObject({ ok: true });
  return (outcome as { readonly value: T }).value;
}

/** The code of a no; undefined: it was done. */
export function codeOf(outcome: DeskOutcome<unknown>): string | undefined {
  return outcome.ok ? undefined : outcome.code;
}
