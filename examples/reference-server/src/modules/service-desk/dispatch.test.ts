import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { virtualClock } from "@recallkit/core/testing";
import { mysqlStores } from "@recallkit/storage-adapters/mysql";
import { postgresStores } from "@recallkit/storage-adapters/postgres";
import { type SqlStores, sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { moduleMigrations } from "../../app.js";
import { DESK_NOW, newDesk, openDeskStores, value } from "../../testing/desk.js";
import { engines } from "../../testing/engines.js";
import { type Desk, deskOf } from "./context.js";
import { addStaff } from "./staff/edit.js";
import { dispatchable } from "./staff/store.js";
import { deskTables } from "./tables.js";
import { openTicket } from "./tickets/open.js";
import { solveTicket } from "./tickets/work.js";

const TICKETS = 50;
const ADMIN = { kind: "admin" } as const;

/** Stores on a database that others have open as well. */
function openAgain(url: string): Promise<SqlStores> {
  // They wait for each other in real time.
  if (url.startsWith("sqlite:")) return sqliteStores({ file: url.slice("sqlite:".length), migrate: true });
  if (url.startsWith("mysql")) return mysqlStores({ url, migrate: true });
  const [base = "", schema = ""] = url.split("?schema=");
  return postgresStores({ url: base, schema, migrate: true });
}

async function figures({ stores, tenantId }: Desk) {
  const { rows } = await sql<{ id: number; load: number; capacity: number; has: number }>`
    select s.id, s.open_tickets as "load", s.capacity, (select count(*) from rk_tickets as t
      where t.tenant_id = s.tenant_id and t.assignee_id = s.id and t.state = 'assigned') as has
    from rk_desk_staff as s where s.tenant_id = ${tenantId} order by s.id`.execute(stores.sql);
  const people = rows.map((row) => ({ load: Number(row.load), capacity: Number(row.capacity), has: Number(row.has) }));
  const { rows: states } = await sql<{ state: string; n: number }>`select state, count(*) as n from rk_tickets
    where tenant_id = ${tenantId} group by state order by state`.execute(stores.sql);
  const { rows: events } = await sql<{ n: number }>`select count(*) as n from rk_ticket_events
    where tenant_id = ${tenantId} and kind = 'assigned' group by ticket_id order by n desc`.execute(stores.sql);
  return {
    people,
    states: Object.fromEntries(states.map(({ state, n }) => [state, Number(n)])),
    /** Most times that one ticket was given to somebody. */
    most: Number(events[0]?.n ?? 0),
  };
}

describe.each(engines)("two processes on $name", ({ missing, newUrl }) => {
  test.skipIf(missing)(
    "give 50 tickets at once to one person each, and to nobody more than they can take",
    { timeout: 180_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "recallkit-dispatch-"));
      const url = await newUrl(folder);
      const opened: SqlStores[] = [];
      onTestFinished(async () => {
        for (const stores of opened) await stores.close();
        await rm(folder, { recursive: true, force: true });
      });
      const desks: Desk[] = [];
      for (let process = 0; process < 2; process += 1) {
        const stores = await openAgain(url);
        opened.push(stores);
        await stores.migrate(moduleMigrations);
        const clock = virtualClock(DESK_NOW);
        const kit = createRecallKit({ stores, clock, logger: silentLogger });
        desks.push(await deskOf({ kit, stores, clock, logger: silentLogger }, 1));
      }
      const [one, two] = desks;
      if (!one || !two) throw new Error("there are two");
      for (let at = 0; at < 8; at += 1) {
        const facts = { name: `${at}`, role: "staff", skills: [], capacity: 6, presence: "online" } as const;
        value(await addStaff(one, facts));
      }
      const facts = { customerId: null, kind: "other", subject: "t", body: "", source: "api" } as const;
      const tickets = await Promise.all(
        Array.from({ length: TICKETS }, (_, at) =>
          openTicket(at % 2 === 0 ? one : two, ADMIN, { ...facts, requestKey: `k${at}` }),
        ),
      );
      expect(new Set(tickets.map((ticket) => value(ticket).ticket.id)).size).toBe(TICKETS);
      const full = await figures(one);
      expect(full.people).toEqual(Array.from({ length: 8 }, () => ({ load: 6, capacity: 6, has: 6 })));
      expect([full.states, full.most]).toEqual([{ assigned: 48, queued: 2 }, 1]);
      // Two are solved in both processes at once: those who wait get their room, once each.
      const given = tickets.map((ticket) => value(ticket).ticket).filter(({ state }) => state === "assigned");
      await Promise.all(
        given.slice(0, 2).map(({ id }, at) => solveTicket(at === 0 ? one : two, ADMIN, id, { note: "" })),
      );
      const after = await figures(two);
      expect([after.states, after.most]).toEqual([{ assigned: 48, solved: 2 }, 1]);
      expect(after.people.every(({ load, has }) => load === 6 && has === 6)).toBe(true);
    },
  );
});

test("who reads the room first and writes later gives somebody more than they can take", async () => {
  const [engine] = engines;
  if (!engine) throw new Error("SQLite is always there");
  const { stores } = await openDeskStores(engine);
  const { desk, staff } = await newDesk(stores);
  const who = await staff({ capacity: 1 });
  const naive = async (free: Promise<readonly { readonly id: number; readonly load: number }[]>) => {
    const [first] = await free;
    await deskTables(stores)
      .updateTable("rk_desk_staff")
      .set(({ eb }) => ({ open_tickets: eb("open_tickets", "+", 1) }))
      .where("tenant_id", "=", desk.tenantId)
      .where("id", "=", first?.id ?? 0)
      .execute();
  };
  // Both have read before one writes.
  const reads = [dispatchable(stores, desk.tenantId), dispatchable(stores, desk.tenantId)];
  await Promise.all(reads);
  await Promise.all(reads.map(naive));
  expect((await figures(desk)).people).toEqual([{ load: 2, capacity: 1, has: 0 }]);
  expect(who.capacity).toBe(1);
});
