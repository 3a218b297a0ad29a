import { createRecallKit, silentLogger } from "@recallkit/core";
import { suppressionChannels } from "@recallkit/core/ports";
import { recordingChannel } from "@recallkit/core/testing";
import { expect, test } from "vitest";
import { ADMIN, DESK_NOW, openDeskStores, value } from "../../testing/desk.js";
import { engines } from "../../testing/engines.js";
import { deskOf } from "./context.js";
import { resetMarketingHolds } from "./marketing-hold.js";
import { putSettings } from "./settings.js";
import { openTicket } from "./tickets/open.js";
import { confirmTicket, solveTicket } from "./tickets/work.js";

const WEEK = 7 * 86_400_000;

test("who has an open complaint is foreseen and held back, until it is confirmed; other messages go out", async () => {
  const [engine] = engines;
  if (!engine) throw new Error("SQLite is always there");
  const { stores, clock } = await openDeskStores(engine);
  const channel = recordingChannel({ clock, name: "wecom" });
  const kit = createRecallKit({ stores, clock, channels: [channel], logger: silentLogger, secretKey: "x".repeat(32) });
  await kit.customers.upsert([
    { externalKey: "calm", externalUserId: "wm_calm" },
    { externalKey: "cross", externalUserId: "wm_cross" },
  ]);
  const cross = stores.sql.selectFrom("rk_customers").select("id").where("external_key", "=", "cross");
  const { id: customerId } = await cross.executeTakeFirstOrThrow();
  const context = { kit, stores, clock, logger: silentLogger };
  const desk = await deskOf(context, kit.tenantId);
  const facts = {
    segment: { everybody: true },
    validFrom: "2026-01-01",
    validTo: "2026-12-31",
    content: { text: "喵" },
    channel: "wecom",
  };
  const rule = await kit.rules.create({ ...facts, name: "召回", slots: [{ weekday: 1, time: "11:00" }] });
  const notice = await kit.rules.create({ ...facts, name: "通知", messageClass: "transactional" });
  const foreseen = async () => {
    const reasons = new Map<string, string | null>();
    await kit.audience.preview(rule, {
      asOf: DESK_NOW,
      onPerson: ({ externalKey, reason }) => reasons.set(externalKey, reason),
    });
    return reasons.get("cross");
  };
  const reasonsOf = async (ruleId: number) =>
    (await kit.deliveries.list({ ruleId })).items.map(({ externalKey, reason }) => [externalKey, reason]);

  expect(await foreseen()).toBeNull();
  // Planned before the complaint; what counts is how it stands right before the call.
  await kit.tick();
  const input = { customerId, kind: "complaint", subject: "太慢", body: "", source: "api", requestKey: "k" } as const;
  const { ticket } = value(await openTicket(desk, ADMIN, input));
  expect(await foreseen()).toBe("open_ticket");
  await clock.advance(3_600_000);
  await kit.tick();
  expect(await reasonsOf(rule.id)).toEqual([
    ["calm", null],
    ["cross", "open_ticket"],
  ]);
  await kit.occurrences.runNow(notice.id);
  await kit.tick();
  expect(await reasonsOf(notice.id)).toEqual([
    ["calm", null],
    ["cross", null],
  ]);

  value(await solveTicket(desk, ADMIN, ticket.id, { note: "" }));
  expect(await foreseen()).toBe("open_ticket");
  value(await confirmTicket(desk, ADMIN, ticket.id));
  expect(await foreseen()).not.toBe("open_ticket");
  const sent = channel.sent.length;
  await clock.advance(WEEK);
  await kit.tick();
  const addresses = channel.sent.slice(sent).flatMap(({ recipients }) => recipients.map(({ address }) => address));
  expect(addresses.sort()).toEqual(["wm_calm", "wm_cross"]);
});

test("a tenant that changes what holds marketing back sets everybody anew", async () => {
  const [engine] = engines;
  if (!engine) throw new Error("SQLite is always there");
  const { stores, clock } = await openDeskStores(engine);
  const kit = createRecallKit({ stores, clock, logger: silentLogger });
  await kit.customers.upsert([{ externalKey: "a" }, { externalKey: "b" }]);
  const people = await stores.sql.selectFrom("rk_customers").select("id").orderBy("id").execute();
  const [a = 0, b = 0] = people.map(({ id }) => id);
  const context = { kit, stores, clock, logger: silentLogger };
  const open = async (customerId: number, kind: "complaint" | "other", requestKey: string) =>
    openTicket(await deskOf(context, 1), ADMIN, {
      customerId,
      kind,
      subject: "s",
      body: "",
      source: "api",
      requestKey,
    });
  await open(a, "complaint", "1");
  await open(b, "other", "2");
  await open(b, "other", "3");
  const held = async (hold_marketing: "off" | "complaints" | "tickets") => {
    await putSettings(stores, 1, { hold_marketing });
    await resetMarketingHolds(await deskOf(context, 1));
    const found = await stores.suppressions.matching(1, suppressionChannels("sms"), {
      addresses: [],
      customerIds: [a, b],
    });
    return found.map(({ customerId }) => customerId).sort();
  };
  expect(await held("tickets")).toEqual([a, b]);
  expect(await held("off")).toEqual([]);
  expect(await held("complaints")).toEqual([a]);
});
