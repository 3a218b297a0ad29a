import { addCustomer, addReachable, addTenant, everybody } from "../builders.js";
import type { Facts } from "../conformance-case.js";
import { expectSame } from "../expect.js";
import { addPush, deliveriesOf } from "./push-builders.js";

/** Facts about what would decide whether members are contacted. */
export const deliveryOutlookFacts: Facts = {
  "an outlook tells zone, address, suppressions, consents and charges of the next members, and writes nothing": async (
    scene,
  ) => {
    const { stores, tenantId, now } = scene;
    const [first = 0, second = 0, third = 0] = await addReachable(stores, tenantId, 3);
    const silent = await addCustomer(stores, tenantId, "silent", { timeZone: "Asia/Urumqi" });
    const { batch } = await addPush(scene, "p1");
    await stores.deliveries.chargeCaps(tenantId, batch.id, now - 5);
    const entry = { tenantId, customerId: null, createdAt: now };
    await stores.suppressions.put({ ...entry, channel: "*", address: "wm_c2", reason: "complaint" });
    await stores.suppressions.put({ ...entry, channel: "wecom", address: null, customerId: second, reason: "opt_out" });
    await stores.suppressions.put({ ...entry, channel: "sms", address: "wm_c3", reason: "opt_out" });
    const word = {
      tenantId,
      status: "granted",
      wording: null,
      source: "form",
      evidence: null,
      recordedAt: now,
    } as const;
    await stores.consents.record(tenantId, [
      { ...word, customerId: second, channel: "*", purpose: "marketing", at: 3 },
      { ...word, customerId: third, channel: "sms", purpose: "marketing", at: 3 },
      { ...word, customerId: third, channel: "wecom", purpose: "survey", at: 3 },
    ]);
    const before = await deliveriesOf(scene);
    const page = {
      tenantId,
      channel: "wecom",
      addressType: "external_userid" as const,
      query: everybody(scene),
      afterId: 0,
      limit: 10,
      chargesSince: now - 5,
    };
    const told = async (part: Partial<typeof page> = {}) =>
      (await stores.deliveries.outlook({ ...page, ...part })).map(({ suppressions, ...row }) => ({
        ...row,
        suppressions: [...suppressions].sort(),
      }));
    const rows = [
      {
        customerId: first,
        externalKey: "c1",
        timeZone: null,
        address: "wm_c1",
        charges: [now - 5],
        received: [null],
        suppressions: [],
        consents: [],
      },
      {
        customerId: second,
        externalKey: "c2",
        timeZone: null,
        address: "wm_c2",
        charges: [now - 5],
        received: [null],
        suppressions: ["complaint", "opt_out"],
        consents: [{ status: "granted" as const, at: 3 }],
      },
      {
        customerId: third,
        externalKey: "c3",
        timeZone: null,
        address: "wm_c3",
        charges: [now - 5],
        received: [null],
        suppressions: [],
        consents: [],
      },
      {
        customerId: silent,
        externalKey: "silent",
        timeZone: "Asia/Urumqi",
        address: null,
        charges: [],
        received: [],
        suppressions: [],
        consents: [],
      },
    ];
    expectSame(await told(), rows, "all");
    expectSame(await told({ afterId: first, limit: 2 }), rows.slice(1, 3), "a page");
    const later = await told({ chargesSince: now - 4 });
    expectSame(
      later.map(({ charges }) => charges.length),
      [0, 0, 0, 0],
      "charges from later on",
    );
    expectSame(await told({ afterId: silent }), [], "after the last");
    const other = await addTenant(stores);
    expectSame(await told({ tenantId: other, query: { ...page.query, tenantId: other } }), [], "of another tenant");
    expectSame(await deliveriesOf(scene), before, "deliveries afterwards");
  },
};
