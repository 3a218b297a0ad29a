import type { Delivery } from "../../delivery/delivery.js";
import { addTenant } from "../builders.js";
import type { Facts } from "../conformance-case.js";
import { expectSame } from "../expect.js";
import { deliveriesOf, pushTo, statesOf } from "./push-builders.js";

/** Facts about the addresses that a transition takes or spares. */
export const deliverySelectorFacts: Facts = {
  "a transition by address takes those addresses": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 3);
    const { deliveries } = stores;
    const move = (addresses: readonly string[]) =>
      deliveries.transition(
        tenantId,
        { batchId: batch.id, addresses },
        "in_batch",
        "failed",
        { reason: "refused" },
        now,
      );
    expectSame(await move([]), 0, "rows of no address");
    expectSame(await move(["WM_C1", "wm_c1 ", "wm_stranger"]), 0, "rows of similar addresses");
    expectSame(await move(["wm_c3", "wm_stranger", "wm_c1"]), 2, "rows of two addresses and a stranger");
    expectSame(statesOf(await deliveriesOf(scene)), ["c1 failed", "c2 in_batch", "c3 failed"], "states");
  },

  "a transition of all others spares those addresses": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 3);
    const { deliveries } = stores;
    const move = (exceptAddresses: readonly string[], to: Delivery["state"]) =>
      deliveries.transition(tenantId, { batchId: batch.id, exceptAddresses }, "in_batch", to, {}, now);
    expectSame(await move(["wm_c2", "WM_C1", "wm_stranger"], "accepted"), 2, "rows but one");
    expectSame(statesOf(await deliveriesOf(scene)), ["c1 accepted", "c2 in_batch", "c3 accepted"], "states");
    expectSame(await move([], "unknown"), 1, "rows with nobody spared");
  },

  "a transition of an occurrence takes at most so many, by customer id": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { occurrence } = await pushTo(scene, 3);
    const move = () =>
      stores.deliveries.transition(
        tenantId,
        { occurrenceId: occurrence.id, limit: 2 },
        "in_batch",
        "cancelled",
        {},
        now,
      );
    expectSame(await move(), 2, "rows at first");
    expectSame(statesOf(await deliveriesOf(scene)), ["c1 cancelled", "c2 cancelled", "c3 in_batch"], "states");
    expectSame(await move(), 1, "rows then");
  },

  "zones of a batch are told, and a transition takes the people of one": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 5);
    const people = await stores.customers.findByKeys(tenantId, ["c1", "c2", "c3", "c4"]);
    const zones = ["Asia/Urumqi", "Asia/Tokyo", "Asia/Tokyo", "asia/tokyo"];
    await stores.customers.updateMany(
      people.map((row) => ({ ...row, timeZone: zones[Number(row.externalKey.slice(1)) - 1] ?? null })),
    );
    const told = async (state: Delivery["state"] = "in_batch") =>
      (await stores.deliveries.zones(tenantId, batch.id, state)).map(String).toSorted();
    expectSame(await told(), ["Asia/Tokyo", "Asia/Urumqi", "asia/tokyo", "null"], "zones");
    expectSame(await told("unknown"), [], "zones of another state");
    expectSame(await stores.deliveries.zones(await addTenant(stores), batch.id, "in_batch"), [], "of another tenant");
    const move = (inZone: string | null) => {
      const patch = { reason: "quiet_hours", batchId: null };
      return stores.deliveries.transition(tenantId, { batchId: batch.id, inZone }, "in_batch", "queued", patch, now);
    };
    expectSame([await move("Asia/Tokyo"), await move(null), await move("Asia/Seoul")], [2, 1, 0], "rows");
    expectSame(
      statesOf(await deliveriesOf(scene)),
      ["c1 in_batch", "c2 queued", "c3 queued", "c4 in_batch", "c5 queued"],
      "states",
    );
    expectSame(await told(), ["Asia/Urumqi", "asia/tokyo"], "zones that are left");
  },

  "a transition takes 1 500 addresses": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 1600);
    const { deliveries } = stores;
    const addresses = Array.from({ length: 1500 }, (_, index) => `wm_c${index + 1}`);
    const selector = { batchId: batch.id };
    expectSame(
      await deliveries.transition(tenantId, { ...selector, exceptAddresses: addresses }, "in_batch", "failed", {}, now),
      100,
      "all others",
    );
    expectSame(
      await deliveries.transition(
        tenantId,
        { ...selector, addresses },
        "in_batch",
        "accepted",
        { acceptedAt: now },
        now,
      ),
      1500,
      "the addresses",
    );
    expectSame(await deliveries.countByState(tenantId, selector), { accepted: 1500, failed: 100 }, "states");
  },
};
