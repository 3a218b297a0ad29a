import { createRecallKit, silentLogger } from "@recallkit/core";
import { recordingChannel } from "@recallkit/core/testing";
import { expect, test } from "vitest";
import { ADMIN, openDeskStores, value } from "../../../testing/desk.js";
import { engines } from "../../../testing/engines.js";
import { deskOf } from "../../service-desk/context.js";
import { rateTicket } from "../../service-desk/tickets/feedback.js";
import { openTicket } from "../../service-desk/tickets/open.js";
import { solveTicket } from "../../service-desk/tickets/work.js";
import { messagesOf, takeMessage } from "./store.js";

const HOUR = 3_600_000;

test("an answer to a push has the push beside it for three days, and a rating chooses who gets the next one", async () => {
  const [engine] = engines;
  if (!engine) throw new Error("SQLite is always there");
  const { stores, clock } = await openDeskStores(engine);
  const channel = recordingChannel({ clock, name: "wecom" });
  const kit = createRecallKit({ stores, clock, channels: [channel], logger: silentLogger, secretKey: "x".repeat(32) });
  await kit.customers.upsert([
    { externalKey: "c1", externalUserId: "wm_one" },
    { externalKey: "c2", externalUserId: "wm_two" },
  ]);
  const rule = await kit.rules.create({
    ...{ name: "召回", segment: { everybody: true }, validFrom: "2026-01-01", validTo: "2026-12-31", channel: "wecom" },
    ...{ content: { text: "喵" }, slots: [{ weekday: 1, time: "11:00" }] },
  });
  await kit.tick();
  await clock.advance(HOUR);
  await kit.tick();
  const deliveries = (await kit.deliveries.list({ ruleId: rule.id })).items;
  expect(deliveries).toHaveLength(2);
  const own = deliveries.find(({ externalKey }) => externalKey === "c1");
  const write = async (address: string, eventHash: string) => {
    const place = { entrance: "wecom_customer", address, kind: "text", body: "我要", via: "engine" } as const;
    const { sessionId } = await takeMessage(stores, 1, { ...place, eventHash, toldAt: clock.now() }, clock.now());
    return (await messagesOf(stores, 1, [sessionId], { limit: 1 })).map(({ push_kind: kind, push_id: id }) => [
      kind,
      id,
    ]);
  };
  expect(await write("wm_one", "e1")).toEqual([["delivery", own?.id]]);
  expect(await write("wm_stranger", "e2")).toEqual([[null, null]]);
  await clock.advance(3 * 24 * HOUR + HOUR);
  expect(await write("wm_one", "e3")).toEqual([[null, null]]);

  const desk = await deskOf({ kit, stores, clock, logger: silentLogger }, kit.tenantId);
  const customerId = own?.customerId ?? 0;
  const input = { customerId, kind: "consult", subject: "问", body: "", source: "api", requestKey: "k" } as const;
  const { ticket } = value(await openTicket(desk, ADMIN, input));
  value(await solveTicket(desk, ADMIN, ticket.id, { note: "" }));
  value(await rateTicket(desk, ADMIN, ticket.id, { stars: 5 }));
  const chosen = await kit.audience.preview({ segment: { labels: { service: ["rating:5"] } } });
  expect(chosen.count).toBe(1);
});
