import { suppressionChannels } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import fc from "fast-check";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { ADMIN, codeOf, DESK_NOW, newDesk, openDeskStores, value } from "../../testing/desk.js";
import { engines } from "../../testing/engines.js";
import type { Desk } from "./context.js";
import { confirmSilent, escalateDue, runDesks } from "./jobs.js";
import { editProject, moveProject, recordProject } from "./projects/project.js";
import { historyOf } from "./projects/store.js";
import { openServiceDesk } from "./service.js";
import { bindCustomer } from "./staff/bindings.js";
import { editStaff } from "./staff/edit.js";
import { getStaff } from "./staff/store.js";
import { editTicket } from "./tickets/edit.js";
import { rateTicket, reopenTicket } from "./tickets/feedback.js";
import { eventsOf } from "./tickets/list.js";
import { openTicket } from "./tickets/open.js";
import { mergeTicket, splitTicket } from "./tickets/parts.js";
import { getTicket } from "./tickets/store.js";
import { viewTicket } from "./tickets/viewers.js";
import { confirmTicket, recordAnswer, solveTicket, transferTicket } from "./tickets/work.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const until = (clock: { now(): number; advance(ms: number): Promise<void> }, at: number) =>
  clock.advance(at - clock.now());
const loadOf = async (desk: Desk, id: number) => (await getStaff(desk.stores, desk.tenantId, id))?.load;
/** Every row of the tenant in the desk's tables. */
async function everything({ stores, tenantId }: Desk): Promise<string> {
  const parts: unknown[] = [];
  for (const table of [
    "rk_desk_staff",
    "rk_projects",
    "rk_project_history",
    "rk_tickets",
    "rk_ticket_events",
    "rk_ticket_ratings",
  ] as const) {
    parts.push(await sql`select * from ${sql.table(table)} where tenant_id = ${tenantId}`.execute(stores.sql));
  }
  return JSON.stringify(parts);
}

/** What is so on every engine; each fact has a tenant of its own. */
const FACTS: Readonly<Record<string, (stores: SqlStores) => Promise<void>>> = {
  "a ticket goes to who has the skill, is at work and has room, the owner first": async (stores) => {
    const { desk, staff, ticket, customers } = await newDesk(stores);
    const [c1 = 0, c2 = 0] = await customers(2);
    const plain = await staff();
    const expert = await staff({ skills: ["printer"], capacity: 1 });
    const away = await staff({ skills: ["printer"], presence: "away" });
    const night = await staff({ skills: ["printer"], hours: { "1": [{ from: "20:00", to: "24:00" }] } });
    value(await bindCustomer(desk, c2, plain.id, "test"));
    const skilled = value(await openTicket(desk, ADMIN, ticket({ customerId: c1, skill: "printer" })));
    expect(skilled).toMatchObject({ isNew: true, position: null, assignee: { id: expert.id, load: 1 } });
    const second = value(await openTicket(desk, ADMIN, ticket({ customerId: c1, skill: "printer" })));
    expect(second).toMatchObject({ assignee: null, position: 1, ticket: { state: "queued" } });
    const third = value(
      await openTicket(desk, ADMIN, ticket({ customerId: c1, skill: "printer", priority: "urgent" })),
    );
    expect(third.position).toBe(1);
    const own = value(await openTicket(desk, ADMIN, ticket({ customerId: c2 })));
    expect(own.assignee?.id).toBe(plain.id);
    const owned = value(await recordProject(desk, ADMIN, { customerId: c2, name: "项目", ownerId: away.id }));
    value(await editStaff(desk, away.id, { presence: "online", skills: [] }));
    const ofProject = value(await openTicket(desk, ADMIN, ticket({ customerId: c2, projectId: owned.id })));
    expect(ofProject.assignee?.id).toBe(away.id);
    value(await solveTicket(desk, ADMIN, skilled.ticket.id, { note: "" }));
    expect(await getTicket(desk, third.ticket.id)).toMatchObject({ state: "assigned", assignee_id: expert.id });
    expect(await loadOf(desk, night.id)).toBe(0);
  },

  "the same request opens one ticket": async (stores) => {
    const { desk, staff, ticket } = await newDesk(stores);
    const who = await staff();
    const first = value(await openTicket(desk, ADMIN, ticket({ requestKey: "once" })));
    const again = value(await openTicket(desk, ADMIN, ticket({ requestKey: "once" })));
    expect([again.ticket.id, again.isNew, await loadOf(desk, who.id)]).toEqual([first.ticket.id, false, 1]);
  },

  "who begins to work, comes online or has room again is given what waits": async (stores) => {
    const { desk, clock, staff, ticket } = await newDesk(stores);
    const who = await staff({ presence: "offline" });
    const { ticket: t1 } = value(await openTicket(desk, ADMIN, ticket()));
    expect(t1.state).toBe("queued");
    value(await editStaff(desk, who.id, { presence: "online" }));
    expect((await getTicket(desk, t1.id)).assignee_id).toBe(who.id);
    await until(clock, DESK_NOW + 12 * HOUR);
    const { ticket: t2 } = value(await openTicket(desk, ADMIN, ticket()));
    expect(t2.state).toBe("queued");
    await until(clock, DESK_NOW + 23 * HOUR);
    const turn = await runDesks(desk.context, new AbortController().signal);
    expect(turn).toMatchObject({ failed: 0 });
    expect((await getTicket(desk, t2.id)).state).toBe("assigned");
  },

  "bad transfers are refused and nothing changes": async (stores) => {
    const { desk, staff, ticket, customers } = await newDesk(stores);
    const [customerId = 0] = await customers(1);
    const [has, left, full] = [await staff(), await staff(), await staff({ capacity: 0 })];
    const login = await staff({ role: "customer", customerId });
    value(await editStaff(desk, left.id, { hasLeft: true }));
    const { ticket: open } = value(await openTicket(desk, ADMIN, ticket()));
    expect(open.assigneeId).toBe(has.id);
    const mine = { kind: "staff", staffId: has.id } as const;
    const before = await everything(desk);
    for (const [to, code] of [
      [has.id, "ticket.to-oneself"],
      [left.id, "desk-staff.left"],
      [full.id, "ticket.no-capacity"],
      [login.id, "desk-staff.not-found"],
      [999_999, "desk-staff.not-found"],
    ] as const) {
      expect(codeOf(await transferTicket(desk, mine, open.id, to))).toBe(code);
    }
    expect(codeOf(await transferTicket(desk, { kind: "customer", customerId }, open.id, has.id))).toBe(
      "ticket.not-found",
    );
    expect(codeOf(await transferTicket(desk, mine, open.id, full.id, { version: 99 }))).toBe("desk.stale-version");
    expect(await everything(desk)).toBe(before);
  },

  "a transfer moves the load with the ticket, and a colleague who leaves gives everything back": async (stores) => {
    const { desk, staff, ticket } = await newDesk(stores);
    const one = await staff();
    const { ticket: open } = value(await openTicket(desk, ADMIN, ticket()));
    const two = await staff();
    value(await transferTicket(desk, ADMIN, open.id, two.id, { note: "工程师" }));
    expect([await loadOf(desk, one.id), await loadOf(desk, two.id)]).toEqual([0, 1]);
    value(await editStaff(desk, two.id, { hasLeft: true }));
    expect([await loadOf(desk, one.id), await loadOf(desk, two.id)]).toEqual([1, 0]);
    expect((await getTicket(desk, open.id)).assignee_id).toBe(one.id);
    const kinds = (await eventsOf(desk, open.id)).map(({ kind }) => kind);
    expect(kinds).toEqual(["opened", "assigned", "transferred", "queued", "assigned"]);
  },

  "solved, confirmed, rated once; opened again within the days, and followed by a new one after them": async (
    stores,
  ) => {
    const { desk, clock, staff, ticket, customers } = await newDesk(stores);
    const [customerId = 0] = await customers(1);
    const who = await staff();
    const customer = { kind: "customer", customerId } as const;
    const mine = { kind: "staff", staffId: who.id } as const;
    const { ticket: open } = value(await openTicket(desk, customer, ticket({ customerId })));
    expect(codeOf(await rateTicket(desk, customer, open.id, { stars: 5 }))).toBe("ticket.not-solved");
    expect(codeOf(await confirmTicket(desk, customer, open.id))).toBe("ticket.not-solved");
    expect(codeOf(await solveTicket(desk, customer, open.id, { note: "" }))).toBe("desk.forbidden");
    value(await recordAnswer(desk, mine, open.id));
    value(await solveTicket(desk, mine, open.id, { note: "好了" }));
    expect(await loadOf(desk, who.id)).toBe(0);
    expect(codeOf(await rateTicket(desk, mine, open.id, { stars: 5 }))).toBe("desk.forbidden");
    expect(value(await rateTicket(desk, customer, open.id, { stars: 4, comment: "行" }))).toMatchObject({
      state: "confirmed",
      rating: 4,
    });
    const before = await everything(desk);
    expect(codeOf(await rateTicket(desk, customer, open.id, { stars: 1 }))).toBe("ticket.rated");
    expect(codeOf(await solveTicket(desk, mine, open.id, { note: "" }))).toBe("ticket.closed");
    expect(codeOf(await transferTicket(desk, mine, open.id, who.id))).toBe("ticket.closed");
    expect(codeOf(await confirmTicket(desk, customer, open.id))).toBe("ticket.closed");
    expect(await everything(desk)).toBe(before);
    await until(clock, DESK_NOW + 6 * DAY + 23 * HOUR);
    const again = value(await reopenTicket(desk, customer, open.id, { note: "又坏了" }));
    expect(again).toMatchObject({ isNew: false, ticket: { id: open.id, reopened: 1, rating: null } });
    value(await solveTicket(desk, ADMIN, open.id, { note: "" }));
    value(await rateTicket(desk, customer, open.id, { stars: 2 }));
    await until(clock, DESK_NOW + 14 * DAY);
    const later = value(await reopenTicket(desk, customer, open.id, { note: "第三次" }));
    expect(later).toMatchObject({ isNew: true, ticket: { follows: open.id, reopened: 0 } });
    expect(value(await reopenTicket(desk, customer, open.id, { note: "同上" })).ticket.id).toBe(later.ticket.id);
    const { rows } = await sql<{ stars: number }>`select stars from rk_ticket_ratings where tenant_id = ${desk.tenantId}
      order by round`.execute(stores.sql);
    expect(rows.map(({ stars }) => Number(stars))).toEqual([4, 2]);
  },

  "silence confirms after the tenant's days": async (stores) => {
    const { desk, clock, staff, ticket } = await newDesk(stores, { confirm_days: 2 });
    await staff();
    const { ticket: open } = value(await openTicket(desk, ADMIN, ticket()));
    value(await solveTicket(desk, ADMIN, open.id, { note: "" }));
    await until(clock, DESK_NOW + 2 * DAY - 1);
    expect(await confirmSilent(desk)).toBe(0);
    await until(clock, DESK_NOW + 2 * DAY);
    expect([await confirmSilent(desk), await confirmSilent(desk)]).toEqual([1, 0]);
    expect((await getTicket(desk, open.id)).state).toBe("confirmed");
  },

  "two tickets become one and one becomes two, and counts stay": async (stores) => {
    const { desk, clock, staff, ticket, customers } = await newDesk(stores);
    const [customerId = 0, other = 0] = await customers(2);
    const who = await staff();
    const { ticket: first } = value(await openTicket(desk, ADMIN, ticket({ customerId })));
    await clock.advance(HOUR);
    const { ticket: second } = value(await openTicket(desk, ADMIN, ticket({ customerId, priority: "high" })));
    const { ticket: foreign } = value(await openTicket(desk, ADMIN, ticket({ customerId: other })));
    for (const [id, into] of [
      [first.id, first.id],
      [first.id, foreign.id],
    ] as const) {
      expect(codeOf(await mergeTicket(desk, ADMIN, id, { into }))).toBe("ticket.merge");
    }
    const merged = value(await mergeTicket(desk, ADMIN, first.id, { into: second.id }));
    const { firstAnswerDue, solutionDue } = merged;
    expect(firstAnswerDue).toBe(Math.min(first.firstAnswerDue, second.firstAnswerDue));
    expect(solutionDue).toBe(Math.min(first.solutionDue, second.solutionDue));
    expect(await loadOf(desk, who.id)).toBe(2);
    expect(await getTicket(desk, first.id)).toMatchObject({
      state: "merged",
      merged_into: second.id,
      created_at: DESK_NOW,
    });
    expect(codeOf(await solveTicket(desk, ADMIN, first.id, { note: "" }))).toBe("ticket.closed");
    await clock.advance(HOUR);
    const part = value(await splitTicket(desk, ADMIN, second.id, { subject: "发票", body: "", kind: "invoice" }));
    expect(part.ticket).toMatchObject({ splitFrom: second.id, kind: "invoice", customerId });
    expect(part.ticket.solutionDue).toBe(second.solutionDue);
    expect(await loadOf(desk, who.id)).toBe(3);
  },

  "whatever is merged, split, solved and handed on, no ticket is lost and everybody has what their load says": async (
    stores,
  ) => {
    const { desk, staff, ticket, customers } = await newDesk(stores);
    const [customerId = 0] = await customers(1);
    const people = [await staff({ capacity: 3 }), await staff({ capacity: 2 })];
    let opened = 0;
    const open = async () => {
      const ids = await sql<{ id: number }>`select id from rk_tickets where tenant_id = ${desk.tenantId}
        order by id`.execute(stores.sql);
      return ids.rows.map(({ id }) => Number(id));
    };
    const one = (ids: readonly number[], of: number) => ids[of % Math.max(1, ids.length)] ?? 0;
    /** What a step does, by its number; those that are refused change nothing. */
    const steps: readonly ((ids: readonly number[], of: number, other: number) => Promise<unknown>)[] = [
      async () => openTicket(desk, ADMIN, ticket({ customerId })).then(() => (opened += 1)),
      async (ids, of, other) => mergeTicket(desk, ADMIN, one(ids, of), { into: one(ids, other) }),
      async (ids, of) => {
        const part = { subject: "另一件", body: "" };
        if ((await splitTicket(desk, ADMIN, one(ids, of), part)).ok) opened += 1;
      },
      async (ids, of) => solveTicket(desk, ADMIN, one(ids, of), { note: "" }),
      async (ids, of, other) => transferTicket(desk, ADMIN, one(ids, of), people[other % 2]?.id ?? 0),
    ];
    const step = fc.tuple(fc.nat(steps.length - 1), fc.nat(20), fc.nat(20));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (plan) => {
        for (const [at, of, other] of plan) await steps[at]?.(await open(), of, other);
        const { rows } = await sql<{ state: string; n: number }>`select state, count(*) as n from rk_tickets
          where tenant_id = ${desk.tenantId} group by state`.execute(stores.sql);
        const counts = Object.fromEntries(rows.map(({ state, n }) => [state, Number(n)]));
        expect(rows.reduce((sum, { n }) => sum + Number(n), 0)).toBe(opened);
        const loads = await Promise.all(people.map(async ({ id }) => Number(await loadOf(desk, id))));
        expect(loads.reduce((sum, n) => sum + n, 0)).toBe(counts.assigned ?? 0);
        for (const [who, load] of loads.entries()) expect(load).toBeLessThanOrEqual(people[who]?.capacity ?? 0);
        // Every part counts as opened, and each merged one points at one that is there.
        const events = await sql<{ n: number }>`select count(*) as n from rk_ticket_events
          where tenant_id = ${desk.tenantId} and kind = 'opened'`.execute(stores.sql);
        expect(Number(events.rows[0]?.n)).toBe(opened);
        const lost = await sql<{ id: number }>`select t.id from rk_tickets as t where t.tenant_id = ${desk.tenantId}
          and t.state = 'merged' and not exists (select 1 from rk_tickets as k where k.tenant_id = t.tenant_id
          and k.id = t.merged_into and k.id <> t.id)`.execute(stores.sql);
        expect(lost.rows).toEqual([]);
      }),
      { numRuns: 10 },
    );
  },

  "clocks count working time, and the ladder is climbed step by step": async (stores) => {
    const { desk, clock, staff, ticket } = await newDesk(stores, {
      escalation: [
        { after: "first_answer", minutes: 0, action: "alert" },
        { after: "first_answer", minutes: 60, action: "reassign" },
        { after: "solution", minutes: 0, action: "raise" },
      ],
    });
    const [one, two] = [await staff(), await staff({ presence: "away" })];
    const { ticket: open } = value(await openTicket(desk, ADMIN, ticket()));
    expect((open.firstAnswerDue - DESK_NOW) / MINUTE).toBe(120);
    // 16 hours of nine a day: eight on Monday, eight on Tuesday.
    expect(open.solutionDue).toBe(DESK_NOW + DAY + 7 * HOUR);
    value(await editStaff(desk, two.id, { presence: "online" }));
    await until(clock, open.firstAnswerDue);
    expect([await escalateDue(desk), await escalateDue(desk)]).toEqual([1, 0]);
    expect((await getTicket(desk, open.id)).assignee_id).toBe(one.id);
    await until(clock, open.firstAnswerDue + HOUR);
    expect(await escalateDue(desk)).toBe(1);
    expect((await getTicket(desk, open.id)).assignee_id).toBe(two.id);
    expect([await loadOf(desk, one.id), await loadOf(desk, two.id)]).toEqual([0, 1]);
    value(await recordAnswer(desk, ADMIN, open.id));
    await until(clock, open.solutionDue);
    expect(await escalateDue(desk)).toBe(1);
    expect(await getTicket(desk, open.id)).toMatchObject({ priority: 2, escalation: 3, escalate_at: null });
    const notes = (await eventsOf(desk, open.id)).filter(({ kind }) => kind === "escalated").map(({ note }) => note);
    expect(notes).toEqual(["alert", "reassign", "raise"]);
  },

  "clocks run by working time over a weekend, a holiday and the night in which clocks are changed": async (stores) => {
    const day = [{ from: "09:00", to: "18:00" }];
    const made = await newDesk(stores, {
      hours: { "1": day, "2": day, "3": day, "5": day, "7": [{ from: "00:00", to: "06:00" }] },
      holidays: ["2026-03-30"],
      escalation: [
        { after: "first_answer", minutes: 0, action: "alert" },
        { after: "solution", minutes: 0, action: "raise" },
      ],
    });
    const { clock, staff, ticket } = made;
    const desk: Desk = { ...made.desk, timeZone: "Europe/Berlin" };
    await staff();
    // Friday, 17:00; clocks go from 02:00 to 03:00 on Sunday.
    await until(clock, Date.parse("2026-03-27T16:00:00Z"));
    const { ticket: open } = value(await openTicket(desk, ADMIN, ticket()));
    // An hour on Friday, an hour on Sunday.
    expect(open.firstAnswerDue).toBe(Date.parse("2026-03-29T00:00:00+01:00") + HOUR);
    // Sunday's six hours are five, Monday is free; nine on Tuesday, and one on Wednesday.
    expect(open.solutionDue).toBe(Date.parse("2026-04-01T10:00:00+02:00"));
    for (const due of [open.firstAnswerDue, open.solutionDue]) {
      await until(clock, due - 1);
      expect(await escalateDue(desk)).toBe(0);
      await until(clock, due);
      expect([await escalateDue(desk), await escalateDue(desk)]).toEqual([1, 0]);
    }
  },

  "who looks at a ticket sees the others, and a stale version changes nothing": async (stores) => {
    const { desk, clock, staff, ticket } = await newDesk(stores);
    const [one, two] = [await staff(), await staff()];
    const { ticket: open } = value(await openTicket(desk, ADMIN, ticket()));
    const as = (staffId: number) => ({ kind: "staff", staffId }) as const;
    const owner = open.assigneeId === one.id ? one : two;
    expect(value(await viewTicket(desk, as(owner.id), open.id, "甲"))).toEqual([]);
    expect(value(await viewTicket(desk, ADMIN, open.id, "乙"))).toMatchObject([{ name: "甲" }]);
    await clock.advance(MINUTE);
    expect(value(await viewTicket(desk, ADMIN, open.id, "乙"))).toEqual([]);
    const seen = (await getTicket(desk, open.id)).version;
    value(await editTicket(desk, ADMIN, open.id, { version: seen, priority: "urgent" }));
    expect(codeOf(await editTicket(desk, ADMIN, open.id, { version: seen, subject: "别的" }))).toBe(
      "desk.stale-version",
    );
    expect((await getTicket(desk, open.id)).subject).toBe("坏了");
    expect((await getTicket(desk, open.id)).first_answer_due).toBe(DESK_NOW + 10 * MINUTE);
  },

  "projects go from stage to stage, and the history tells each": async (stores) => {
    const { desk, clock, staff, customers } = await newDesk(stores);
    const [customerId = 0] = await customers(1);
    const who = await staff();
    const mine = { kind: "staff", staffId: who.id } as const;
    const project = value(
      await recordProject(desk, mine, { customerId, name: "收银", valueMinor: 100, requestKey: "k" }),
    );
    expect(value(await recordProject(desk, mine, { customerId, name: "收银", requestKey: "k" })).id).toBe(project.id);
    expect(codeOf(await moveProject(desk, mine, project.id, { stage: "after_sales" }))).toBe("project.wrong-stage");
    await clock.advance(DAY);
    value(await moveProject(desk, mine, project.id, { stage: "in_sales", version: 1 }));
    expect(codeOf(await moveProject(desk, mine, project.id, { stage: "lost", version: 1 }))).toBe("desk.stale-version");
    value(await editProject(desk, mine, project.id, { version: 2, valueMinor: 200 }));
    value(await moveProject(desk, mine, project.id, { stage: "lost" }));
    expect(codeOf(await editProject(desk, { kind: "customer", customerId }, project.id, { name: "x" }))).toBe(
      "desk.forbidden",
    );
    const lines = (await historyOf(desk, project.id)).map((row) => [
      row.kind,
      row.from_stage,
      row.to_stage,
      row.value_minor,
    ]);
    expect(lines).toEqual([
      ["created", null, "pre_sales", 100],
      ["stage", "pre_sales", "in_sales", 100],
      ["edited", "in_sales", "in_sales", 200],
      ["stage", "in_sales", "lost", 200],
    ]);
    const labels = await sql<{ key: string }>`select l.bind_key as "key" from rk_customer_labels h join rk_labels l
      on l.tenant_id = h.tenant_id and l.id = h.label_id where h.tenant_id = ${desk.tenantId}`.execute(stores.sql);
    expect(labels.rows).toEqual([{ key: "stage:lost" }]);
  },

  "other modules reach the desk by one value; a merged customer's rows go on, an erased one's words go away": async (
    stores,
  ) => {
    const { desk, kit, staff, ticket, customers } = await newDesk(stores);
    const [from = 0, to = 0] = await customers(2);
    const who = await staff({ wecomUserId: "lilei", capacity: 1 });
    const service = await openServiceDesk(desk.context, desk.tenantId);
    expect((await service.staffByWecomUser("lilei"))?.id).toBe(who.id);
    expect(await service.accessOfUser(999_999)).toBeUndefined();
    value(await service.bindCustomer(from, who.id, "wecom"));
    value(await service.bindCustomer(from, who.id, "wecom"));
    const mine = { kind: "staff", staffId: who.id } as const;
    const stranger = { kind: "staff", staffId: 999_999 } as const;
    const project = value(await service.recordProject(mine, { customerId: from, name: "王女士的店" }));
    const { ticket: open } = value(
      await service.openTicket(mine, ticket({ customerId: from, subject: "王女士投诉", kind: "complaint" })),
    );
    expect(await service.ticket(stranger, open.id)).toBeUndefined();
    expect([await service.ticketsOf(stranger, from), await service.projectsOf(stranger, from)]).toEqual([[], []]);
    expect(codeOf(await service.openTicket(stranger, ticket({ customerId: from })))).toBe("desk-customer.not-found");
    const events = await service.unannounced(10);
    expect(events.map(({ kind }) => kind)).toEqual(["opened", "assigned"]);
    await service.announced(events.map(({ id }) => id));
    expect(await service.unannounced(10)).toEqual([]);
    await kit.customers.merge("c2", "c1");
    expect((await service.ticketsOf(mine, to)).map(({ id }) => id)).toEqual([open.id]);
    expect((await service.projectsOf(mine, to)).map(({ id }) => id)).toEqual([project.id]);
    expect((await service.staffOfCustomer(to)).map(({ id }) => id)).toEqual([who.id]);
    expect(await service.staffOfCustomer(from)).toEqual([]);
    const { beside } = await kit.customers.export("c2");
    expect(beside).toMatchObject({
      service_desk: { tickets: [{ subject: "王女士投诉" }], projects: [{ name: "王女士的店" }] },
    });
    await kit.customers.erase("c2");
    expect(await everything(desk)).not.toContain("王女士");
    expect(await getTicket(desk, open.id)).toMatchObject({ kind: "complaint", state: "assigned", subject: "" });
  },

  "an open complaint holds marketing back until it is over, and touches no opt-out": async (stores) => {
    const { desk, kit, staff, ticket, customers } = await newDesk(stores);
    const [customerId = 0, other = 0] = await customers(2);
    await staff();
    await kit.suppressions.add({ externalKey: "c1", reason: "opt_out" });
    const held = async () =>
      (
        await stores.suppressions.matching(desk.tenantId, suppressionChannels("wecom"), {
          addresses: [],
          customerIds: [customerId, other],
        })
      )
        .map(({ customerId: id, reason }) => [id === customerId ? "c1" : "c2", reason].join(" "))
        .sort();
    value(await openTicket(desk, ADMIN, ticket({ customerId: other })));
    expect(await held()).toEqual(["c1 opt_out"]);
    const { ticket: first } = value(await openTicket(desk, ADMIN, ticket({ customerId, kind: "complaint" })));
    const { ticket: second } = value(await openTicket(desk, ADMIN, ticket({ customerId: other, kind: "complaint" })));
    expect(await held()).toEqual(["c1 open_ticket", "c1 opt_out", "c2 open_ticket"]);
    value(await solveTicket(desk, ADMIN, first.id, { note: "" }));
    value(await editTicket(desk, ADMIN, second.id, { kind: "other" }));
    expect(await held()).toEqual(["c1 open_ticket", "c1 opt_out"]);
    value(await confirmTicket(desk, ADMIN, first.id));
    expect(await held()).toEqual(["c1 opt_out"]);
  },
};

describe.each(engines)("on $name", (engine) => {
  test.skipIf(engine.missing)("the desk works as it should", { timeout: 240_000 }, async () => {
    const { stores } = await openDeskStores(engine);
    for (const [fact, holds] of Object.entries(FACTS)) {
      await holds(stores).catch((error: unknown) => {
        throw new Error(`it is not so that ${fact}`, { cause: error });
      });
    }
  });
});
