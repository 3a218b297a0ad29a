import { type ContactMessage, momentOf } from "../../contact/contact-moment.js";
import { gateReason, gatesFor } from "../../contact/contact-policy.js";
import { earliestCharge } from "../../contact/frequency-cap.js";
import { ALL_MARKETING } from "../../contact/suppression.js";
import { addReachable, everybody } from "../builders.js";
import type { Facts } from "../conformance-case.js";
import { addPush, deliveriesOf } from "../delivery/push-builders.js";
import { expectSame } from "../expect.js";

/** Facts about gates of the contact policy, over the whole list of them: the set that a batch loses, and single people. */
export const contactGateFacts: Facts = {
  "an outlook decides about each person as the gates decide about a batch": async (scene) => {
    const { stores, tenantId, now } = scene;
    const ids = await addReachable(stores, tenantId, 11);
    const entry = { tenantId, channel: "*", address: null, customerId: null, createdAt: now };
    await stores.suppressions.put({ ...entry, customerId: ids[0] ?? 0, reason: "opt_out" });
    await stores.suppressions.put({ ...entry, address: "wm_c1", reason: "complaint" });
    await stores.suppressions.put({ ...entry, channel: "wecom", address: "wm_c2", reason: "not_a_friend" });
    await stores.suppressions.put({ ...entry, channel: "wecom", customerId: ids[2] ?? 0, reason: "complaint" });
    await stores.suppressions.put({ ...entry, channel: "sms", address: "wm_c4", reason: "opt_out" });
    const hold = { ...entry, channel: ALL_MARKETING, reason: "open_ticket" };
    for (const customerId of [ids[0] ?? 0, ids[9] ?? 0]) await stores.suppressions.put({ ...hold, customerId });
    const word = {
      tenantId,
      purpose: "marketing",
      wording: null,
      source: "form",
      evidence: null,
      at: 3,
      recordedAt: now,
    };
    const agreed = ids.map((customerId) => ({ ...word, customerId, channel: "wecom", status: "granted" as const }));
    const withdrawn = { ...word, customerId: ids[6] ?? 0, channel: "*", status: "withdrawn" as const, at: 4 };
    await stores.consents.record(tenantId, [...agreed.filter((_, n) => n !== 3), withdrawn]);
    const message: ContactMessage = {
      messageClass: "marketing",
      kind: "slot",
      timeZone: "Asia/Shanghai",
      caps: { maxPerDay: 2, maxPerWeek: 3, minGapHours: 0.01 },
      needsConsent: true,
      window: null,
      spendLimit: undefined,
      receiveQuota: { window: "day", max: 3 },
      isRepeat: false,
    };
    const moment = momentOf(message, now);
    const { dayStart, weekStart } = moment.capPolicy;
    const charges: readonly (readonly [at: number, customers: readonly number[]])[] = [
      [now - 1, [1, 5]],
      [dayStart, [6, 7]],
      [dayStart + 1, [6]],
      [dayStart - 1, [7, 8]],
      [weekStart, [8, 9]],
      [weekStart + 1, [8, 9]],
    ];
    for (const [index, [at, customers]] of charges.entries()) {
      const { batch } = await addPush(scene, `before ${index}`);
      const exceptAddresses = customers.map((number) => `wm_c${number}`);
      await stores.deliveries.transition(
        tenantId,
        { batchId: batch.id, exceptAddresses },
        "in_batch",
        "cancelled",
        {},
        now,
      );
      await stores.deliveries.chargeCaps(tenantId, batch.id, at);
    }
    const { occurrence, batch } = await addPush(scene, "this");
    const outlook = await stores.deliveries.outlook({
      tenantId,
      channel: "wecom",
      addressType: "external_userid",
      query: everybody(scene),
      afterId: 0,
      limit: 20,
      chargesSince: earliestCharge(moment.capPolicy),
    });
    for (const { reason, selector } of gatesFor(message)) {
      const held = { batchId: batch.id, heldBackBy: selector(moment) };
      await stores.deliveries.transition(tenantId, held, "in_batch", "suppressed", { reason }, now);
    }
    const left = (await deliveriesOf(scene)).filter((row) => row.occurrenceId === occurrence.id);
    const told = outlook.map((person) => `${person.externalKey} ${gateReason(person, moment)}`);
    expectSame(
      told,
      left.map(({ externalKey, reason }) => `${externalKey} ${reason}`),
      "person by person and as a set",
    );
    const reasons = [
      "opt_out",
      "not_a_friend",
      "blocklist",
      "no_consent",
      "frequency_cap",
      "frequency_cap",
      "no_consent",
    ];
    expectSame(
      told,
      [...reasons, "frequency_cap", null, "open_ticket", null].map((reason, index) => `c${index + 1} ${reason}`),
      "reasons",
    );
  },
};
