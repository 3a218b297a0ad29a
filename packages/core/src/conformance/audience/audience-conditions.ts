import type { AudienceCondition } from "../../audience/audience-condition.js";
import type { AudienceQuery } from "../../audience/audience-query.js";
import { addCustomer, addLabel, addShop, addTenant, everybody } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { expectSame } from "../expect.js";
import { expectMembers } from "./audience-members.js";

const AS_OF = 10_000;

function asked({ tenantId }: Pick<Scene, "tenantId">, ...conditions: readonly AudienceCondition[]): AudienceQuery {
  return everybody({ tenantId, now: AS_OF }, { conditions });
}

const bornBefore = (year: number, ...monthDays: readonly string[]) => ({ bornBefore: year, monthDays });

/** Facts about conditions on orders, products, birthdays, addresses and words, and about what is put together of them. */
export const audienceConditionFacts: Facts = {
  "orders are counted together, over those that count": async (scene) => {
    const people = await addShop(scene, {
      none: [{ orderedAt: 5, status: "created" }, { orderedAt: AS_OF }],
      one: [{ orderedAt: 100, amountMinor: 500, refundedMinor: 200, refundedAt: AS_OF - 1 }],
      two: [
        { orderedAt: 100, amountMinor: 500, refundedMinor: 200, refundedAt: AS_OF },
        { orderedAt: 900, amountMinor: 0 },
      ],
    });
    const count = (range: { min?: number; max?: number }) => asked(scene, { kind: "orders", count: range });
    await expectMembers(scene, count({ max: 0 }), people, ["none"]);
    await expectMembers(scene, count({ min: 1 }), people, ["one", "two"]);
    await expectMembers(scene, count({ min: 2, max: 2 }), people, ["two"]);
    const total = (range: { min?: number; max?: number }) => asked(scene, { kind: "orders", totalMinor: range });
    await expectMembers(scene, total({ max: 0 }), people, ["none"]);
    await expectMembers(scene, total({ min: 300, max: 499 }), people, ["one"]);
    await expectMembers(scene, total({ min: 500 }), people, ["two"]);
    const first = { from: 100, to: 900 };
    await expectMembers(scene, asked(scene, { kind: "orders", firstOrder: first }), people, ["one", "two"]);
    const late = { from: 101, to: 1_000 };
    await expectMembers(scene, asked(scene, { kind: "orders", firstOrder: late }), people, []);
  },

  "gaps need two orders, and a habit is kept to its end": async (scene) => {
    const people = await addShop(scene, {
      once: [{ orderedAt: 100 }],
      twice: [{ orderedAt: 100 }, { orderedAt: 1_100 }],
      often: [{ orderedAt: 1_000 }, { orderedAt: 2_000 }, { orderedAt: 5_000 }],
      atOnce: [{ orderedAt: 7 }, { orderedAt: 7 }, { orderedAt: 7 }],
    });
    const gap = (range: { min?: number; max?: number }) => asked(scene, { kind: "orders", averageGapMs: range });
    await expectMembers(scene, gap({ min: 1_000 }), people, ["twice", "often"]);
    await expectMembers(scene, gap({ max: 1_000 }), people, ["twice", "atOnce"]);
    await expectMembers(scene, gap({ min: 2_000, max: 2_000 }), people, ["often"]);
    const overdue = (factorHundredths: number, minOrders: number) =>
      asked(scene, { kind: "orders", overdue: { factorHundredths, minOrders } });
    // 5 000 have passed since the last order of `often`, 2.5 times its gap; 8 900 since that of `twice`.
    await expectMembers(scene, overdue(249, 3), people, ["often"]);
    await expectMembers(scene, overdue(250, 3), people, []);
    await expectMembers(scene, overdue(889, 2), people, ["twice"]);
    await expectMembers(scene, overdue(890, 2), people, []);
  },

  "products are bought in orders that count, or never": async (scene) => {
    const { stores, tenantId } = scene;
    const [food, sand] = [await addLabel(stores, tenantId, "sku", "1"), await addLabel(stores, tenantId, "sku", "2")];
    const people = await addShop(scene, {
      both: [
        { orderedAt: 100, labelIds: [food] },
        { orderedAt: 900, labelIds: [food, sand] },
      ],
      early: [{ orderedAt: 100, labelIds: [food] }],
      closed: [{ orderedAt: 100, labelIds: [food], status: "closed" }],
      visitor: [],
    });
    const of = (labelIds: readonly number[], bought: boolean, from?: number) =>
      asked(scene, {
        kind: "products",
        labelIds,
        bought,
        ...(from !== undefined && { window: { from, to: from + 100 } }),
      });
    await expectMembers(scene, of([food], true), people, ["both", "early"]);
    await expectMembers(scene, of([sand, 1_000_000], true), people, ["both"]);
    await expectMembers(scene, of([food], false), people, ["closed", "visitor"]);
    await expectMembers(scene, of([food], true, 900), people, ["both"]);
    await expectMembers(scene, of([food], false, 900), people, ["early", "closed", "visitor"]);
    await expectMembers(scene, of([], true), people, []);
    await expectMembers(scene, of([], false), people, ["both", "early", "closed", "visitor"]);
  },

  "birthdays are ends of days of birth, and whole days": async (scene) => {
    const { stores, tenantId } = scene;
    const born = (key: string, bornOn: string | null) => addCustomer(stores, tenantId, key, { bornOn });
    const people = {
      leap: await born("leap", "2000-02-29"),
      winter: await born("winter", "1999-12-31"),
      baby: await born("baby", "2026-12-31"),
      nobody: await born("nobody", null),
    };
    const on = (days: ReturnType<typeof bornBefore>[], dates: readonly string[] = []) =>
      asked(scene, { kind: "birthday", days, dates });
    await expectMembers(scene, on([bornBefore(2026, "12-31", "02-28")]), people, ["winter"]);
    await expectMembers(scene, on([bornBefore(2026, "12-31"), bornBefore(2027, "02-29")]), people, ["winter", "leap"]);
    await expectMembers(scene, on([bornBefore(2027, "12-31")]), people, ["winter", "baby"]);
    await expectMembers(scene, on([], ["2000-02-29", "1999-12-30"]), people, ["leap"]);
    await expectMembers(scene, on([]), people, []);
  },

  "people are reachable with an address that is not suppressed": async (scene) => {
    const { stores, tenantId } = scene;
    const add = (key: string, mobile?: string) =>
      addCustomer(stores, tenantId, key, { identities: { ...(mobile && { mobile }), email: `${key}@b.cn` } });
    const people = {
      ann: await add("ann", "1"),
      bob: await add("bob", "2"),
      cat: await add("cat"),
      dan: await add("dan", "4"),
    };
    const suppress = (channel: string, target: { address?: string; customerId?: number }, createdAt = 5) =>
      stores.suppressions.put({
        tenantId,
        channel,
        address: null,
        customerId: null,
        reason: "opt_out",
        createdAt,
        ...target,
      });
    await suppress("sms", { address: "2" });
    await suppress("*", { customerId: people.dan }, AS_OF);
    await suppress("email", { customerId: people.ann });
    const sms = { name: "sms", addressType: "mobile" } as const;
    const email = { name: "email", addressType: "email" } as const;
    const on = (...channels: (typeof sms | typeof email)[]) => asked(scene, { kind: "reachable", channels });
    await expectMembers(scene, on(sms), people, ["ann", "dan"]);
    await expectMembers(scene, on(email), people, ["bob", "cat", "dan"]);
    await expectMembers(scene, on(sms, email), people, ["ann", "bob", "cat", "dan"]);
    await expectMembers(scene, on(), people, []);
  },

  "words are those before the instant, and the last of them holds": async (scene) => {
    const { stores, tenantId } = scene;
    const add = (key: string) => addCustomer(stores, tenantId, key);
    const people = {
      yes: await add("yes"),
      no: await add("no"),
      later: await add("later"),
      silent: await add("silent"),
    };
    const say = (customerId: number, status: "granted" | "withdrawn", at: number, channel = "sms") => {
      const word = { wording: null, source: "form", evidence: null, purpose: "marketing", recordedAt: 9 };
      return stores.consents.record(tenantId, [{ tenantId, customerId, channel, status, at, ...word }]);
    };
    await say(people.yes, "withdrawn", 4);
    await say(people.yes, "granted", 5, "*");
    await say(people.no, "granted", 5);
    await say(people.no, "withdrawn", 5, "*");
    await say(people.later, "granted", 5);
    await say(people.later, "withdrawn", AS_OF);
    const are = (status: "granted" | "withdrawn" | "unknown", channel = "sms", purpose = "marketing") =>
      asked(scene, { kind: "consent", status, channel, purpose });
    await expectMembers(scene, are("granted"), people, ["yes", "later"]);
    await expectMembers(scene, are("withdrawn"), people, ["no"]);
    await expectMembers(scene, are("unknown"), people, ["silent"]);
    await expectMembers(scene, are("granted", "*"), people, ["yes"]);
    await expectMembers(scene, are("unknown", "sms", "survey"), people, ["yes", "no", "later", "silent"]);
  },

  "conditions are put together by all, any and none": async (scene) => {
    const { a, b, c } = await addShop(scene, { a: [{ orderedAt: 5 }], b: [{ orderedAt: 500 }], c: [] });
    const people = { a, b, c };
    const only = (...customerIds: readonly number[]) => ({ kind: "people", customerIds }) as const;
    const early = {
      kind: "basic",
      window: { from: 0, to: 10, recency: "last-order" },
      labelGroups: [],
      attributes: [],
    } as const;
    await expectMembers(scene, asked(scene, only(a, c)), people, ["a", "c"]);
    await expectMembers(scene, asked(scene, only(a, b), only(b, c)), people, ["b"]);
    await expectMembers(scene, asked(scene, { kind: "any", of: [early, only(c)] }), people, ["a", "c"]);
    await expectMembers(scene, asked(scene, { kind: "none", of: [early, only(c)] }), people, ["b"]);
    await expectMembers(scene, asked(scene, { kind: "all", of: [early, only(a, b)] }), people, ["a"]);
    await expectMembers(scene, asked(scene, { kind: "all", of: [] }, { kind: "none", of: [] }), people, [
      "a",
      "b",
      "c",
    ]);
    await expectMembers(scene, asked(scene, { kind: "any", of: [] }), people, []);
    const deep = [1, 2, 3, 4, 5, 6, 7].reduce<AudienceCondition>((of) => ({ kind: "none", of: [of] }), early);
    await expectMembers(scene, asked(scene, deep), people, ["b", "c"]);
    await expectMembers(scene, asked(scene, only()), people, []);
  },

  "a part has a window of its own, or none": async (scene) => {
    const labelId = await addLabel(scene.stores, scene.tenantId, "sku", "1");
    const people = await addShop(scene, {
      early: [{ orderedAt: 5, labelIds: [labelId] }, { orderedAt: 500 }],
      late: [{ orderedAt: 500, labelIds: [labelId] }],
      never: [{ orderedAt: 500 }],
    });
    const window = { from: 400, to: 600, recency: "last-order" } as const;
    const labelGroups = [{ customerLabelIds: [], orderLabelIds: [labelId] }];
    const anyTime = { kind: "basic", labelGroups, attributes: [] } as const;
    const query = { ...asked(scene, anyTime), window };
    await expectMembers(scene, query, people, ["early", "late"]);
    await expectMembers(scene, { ...query, labelGroups }, people, ["late"]);
    const apart = { ...anyTime, window: { from: 0, to: 400, recency: "any-order" } } as const;
    await expectMembers(scene, { ...asked(scene, apart), window }, people, ["early"]);
  },

  "steps count who is left after each question": async (scene) => {
    const { stores, tenantId } = scene;
    const labelId = await addLabel(stores, tenantId, "city", "上海");
    const people = await addShop(scene, {
      all: [{ orderedAt: 5 }, { orderedAt: 6 }],
      once: [{ orderedAt: 5 }],
      elsewhere: [{ orderedAt: 5 }],
      later: [{ orderedAt: 500 }],
    });
    const theirs = await addCustomer(stores, await addTenant(stores), "theirs");
    await stores.labels.assign(
      tenantId,
      [people.all, people.once].map((customerId) => ({ customerId, labelId })),
    );
    const query = everybody(
      { tenantId, now: AS_OF },
      {
        window: { from: 0, to: 10, recency: "last-order" },
        labelGroups: [{ customerLabelIds: [labelId], orderLabelIds: [] }],
        conditions: [{ kind: "orders", count: { min: 2 } }],
        reachableBy: "mobile",
      },
    );
    expectSame(await stores.audience.steps(query), [4, 3, 2, 1, 0], "steps");
    const { window: _, reachableBy: __, ...others } = query;
    expectSame(await stores.audience.steps(others), [4, 2, 1], "steps without a window");
    expectSame(await stores.audience.steps({ ...others, labelGroups: [], conditions: [] }), [4], "steps of everybody");
    const named = { ...query, customerIds: [people.once, people.later, theirs] };
    expectSame(await stores.audience.steps(named), [2, 1, 1, 0, 0], "steps of people who are named");
  },
};
