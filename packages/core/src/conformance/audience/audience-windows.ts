import type { AudienceQuery } from "../../audience/audience-query.js";
import { addShop, everybody } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { expectMembers } from "./audience-members.js";

const FROM = 1_000_000;
const TO = 2_000_000;
const AS_OF = 3_000_000;

/** The window of these facts; both modes unless a fact is about one. */
function windowed(
  { tenantId }: Scene,
  recency: "last-order" | "any-order",
  query: Partial<AudienceQuery> = {},
): AudienceQuery {
  return everybody({ tenantId, now: AS_OF }, { window: { from: FROM, to: TO, recency }, ...query });
}

const MODES = ["last-order", "any-order"] as const;

/** Facts about windows and about the orders that count in them. */
export const audienceWindowFacts: Facts = {
  "a window holds its first instant and not its end": async (scene) => {
    const people = await addShop(scene, {
      before: [{ orderedAt: FROM - 1 }],
      first: [{ orderedAt: FROM }],
      last: [{ orderedAt: TO - 1 }],
      after: [{ orderedAt: TO }],
      visitor: [],
    });
    for (const mode of MODES) await expectMembers(scene, windowed(scene, mode), people, ["first", "last"]);
  },

  "last-order leaves out who came back after the window": async (scene) => {
    const people = await addShop(scene, {
      lapsed: [{ orderedAt: FROM - 1 }, { orderedAt: FROM }],
      back: [{ orderedAt: FROM }, { orderedAt: TO }],
    });
    await expectMembers(scene, windowed(scene, "last-order"), people, ["lapsed"]);
  },

  "any-order keeps who came back after the window": async (scene) => {
    const people = await addShop(scene, {
      lapsed: [{ orderedAt: FROM - 1 }, { orderedAt: FROM }],
      back: [{ orderedAt: FROM }, { orderedAt: TO }],
      around: [{ orderedAt: FROM - 1 }, { orderedAt: TO }],
    });
    await expectMembers(scene, windowed(scene, "any-order"), people, ["lapsed", "back"]);
  },

  "orders at asOf and later do not exist": async (scene) => {
    const people = await addShop(scene, {
      before: [{ orderedAt: FROM }, { orderedAt: AS_OF - 1 }],
      at: [{ orderedAt: FROM }, { orderedAt: AS_OF }],
      later: [{ orderedAt: FROM }, { orderedAt: AS_OF + 1 }],
    });
    await expectMembers(scene, windowed(scene, "last-order"), people, ["at", "later"]);
    const open = { from: AS_OF - 1, to: AS_OF + 10, recency: "any-order" } as const;
    await expectMembers(scene, windowed(scene, "any-order", { window: open }), people, ["before"]);
  },

  "orders of other statuses do not count": async (scene) => {
    const people = await addShop(scene, {
      paid: [
        { orderedAt: FROM, status: "paid" },
        { orderedAt: TO, status: "created" },
      ],
      completed: [{ orderedAt: FROM, status: "completed" }],
      created: [{ orderedAt: FROM, status: "created" }],
      shouted: [{ orderedAt: FROM, status: "PAID" }],
    });
    const orders = { asOf: AS_OF, statuses: ["paid", "completed"] };
    for (const mode of MODES)
      await expectMembers(scene, windowed(scene, mode, { orders }), people, ["paid", "completed"]);
  },

  "no status counts nothing": async (scene) => {
    const people = await addShop(scene, { paid: [{ orderedAt: FROM }], visitor: [] });
    const orders = { asOf: AS_OF, statuses: [] };
    for (const mode of MODES) await expectMembers(scene, windowed(scene, mode, { orders }), people, []);
    await expectMembers(scene, everybody(scene, { orders }), people, ["paid", "visitor"]);
  },

  "an order refunded in full before asOf does not count": async (scene) => {
    const full = { orderedAt: FROM, amountMinor: 500, refundedMinor: 500 };
    const people = await addShop(scene, {
      always: [full],
      more: [{ ...full, refundedMinor: 501 }],
      before: [{ ...full, refundedAt: AS_OF - 1 }],
      at: [{ ...full, refundedAt: AS_OF }],
      later: [{ ...full, refundedAt: AS_OF + 1 }],
    });
    for (const mode of MODES) await expectMembers(scene, windowed(scene, mode), people, ["at", "later"]);
  },

  "orders without a full refund count, 0 included": async (scene) => {
    const people = await addShop(scene, {
      partly: [{ orderedAt: FROM, amountMinor: 500, refundedMinor: 499, refundedAt: FROM }],
      not: [{ orderedAt: FROM, amountMinor: 500, refundedMinor: 0 }],
      gift: [{ orderedAt: FROM, amountMinor: 0, refundedMinor: 0 }],
    });
    for (const mode of MODES) await expectMembers(scene, windowed(scene, mode), people, ["partly", "not", "gift"]);
  },

  "a refunded order leaves the one before it as the last": async (scene) => {
    const people = await addShop(scene, {
      refunded: [{ orderedAt: FROM }, { orderedAt: TO, refundedMinor: 10_000, refundedAt: TO + 1 }],
      refundedLater: [{ orderedAt: FROM }, { orderedAt: TO, refundedMinor: 10_000, refundedAt: AS_OF }],
    });
    await expectMembers(scene, windowed(scene, "last-order"), people, ["refunded"]);
  },

  "an empty window matches nobody": async (scene) => {
    const people = await addShop(scene, { buyer: [{ orderedAt: FROM }], visitor: [] });
    for (const recency of MODES) {
      await expectMembers(scene, windowed(scene, recency, { window: { from: FROM, to: FROM, recency } }), people, []);
    }
  },
};
