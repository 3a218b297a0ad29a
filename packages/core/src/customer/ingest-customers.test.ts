import { describe, expect, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import { virtualClock } from "../testing/index.js";
import type { CustomerInput } from "./customer.js";

function library() {
  const clock = virtualClock(1_000);
  const kit = createRecallKit({ stores: memoryStores(), clock, logger: silentLogger });
  const { customers, labels, audience } = kit.stores;
  const find = async (...keys: string[]) => {
    const found = await customers.findByKeys(1, keys);
    return keys.map((key) => found.find(({ externalKey }) => externalKey === key));
  };
  /** Import keys of the people with a city. */
  const inCity = async (city: string) => {
    const [label] = await labels.findMany(1, [{ kind: "city", key: city }]);
    const group = { customerLabelIds: [label?.id ?? 0], orderLabelIds: [] };
    const query = { tenantId: 1, orders: { asOf: 0, statuses: [] }, labelGroups: [group] };
    return (await audience.page(query, 0, 1000)).map(({ externalKey }) => externalKey);
  };
  const revision = async () => (await kit.tenant()).revision;
  return { clock, kit, find, inCity, revision };
}

const counts = ({ inserted, updated, unchanged }: { inserted: number; updated: number; unchanged: number }) => [
  inserted,
  updated,
  unchanged,
];

describe("taking customers over", () => {
  test("keeps the zone that people live in, which a row without one does not take away", async () => {
    const { kit } = library();
    const zoneOf = async () => (await kit.customers.export("z")).customer.timeZone;
    await kit.customers.upsert([{ externalKey: "z", timeZone: "Asia/Urumqi" }]);
    expect(await zoneOf()).toBe("Asia/Urumqi");
    expect(await kit.customers.upsert([{ externalKey: "z", name: "Z" }])).toMatchObject({ updated: 1 });
    expect(await kit.customers.upsert([{ externalKey: "z", timeZone: "Asia/Urumqi" }])).toMatchObject({ unchanged: 1 });
    const wrong = await kit.customers.upsert([{ externalKey: "z", timeZone: "Mars/Olympus" }]);
    expect(wrong.dropped).toMatchObject([{ index: 0, path: "timeZone" }]);
    expect(await zoneOf()).toBe("Asia/Urumqi");
  });

  test("keeps every field", async () => {
    const { kit, find } = library();
    const row: CustomerInput = {
      externalKey: "c1",
      name: " 王小明 😺 ",
      bornOn: "2024-02-29",
      externalUserId: "wm_1",
      mobile: "+8613800138000",
      email: "a@example.com",
      openid: "o1",
      unionid: "u1",
      customerCode: "K1",
      userName: "ming",
    };
    expect(await kit.customers.upsert([row])).toEqual({
      inserted: 1,
      updated: 0,
      unchanged: 0,
      rejected: [],
      dropped: [],
      moved: 0,
    });
    expect(await find("c1")).toMatchObject([
      {
        name: "王小明 😺",
        bornOn: "2024-02-29",
        createdAt: 1000,
        updatedAt: 1000,
        identities: {
          external_userid: "wm_1",
          mobile: "+8613800138000",
          email: "a@example.com",
          openid: "o1",
          unionid: "u1",
          customer_code: "K1",
          user_name: "ming",
        },
      },
    ]);
  });

  test("changes nothing the second time, not even the revision", async () => {
    const { clock, kit, find, revision } = library();
    const rows = [{ externalKey: "c1", name: "A", mobile: "+8613800138000", city: "上海" }, { externalKey: "c2" }];
    await kit.customers.upsert(rows);
    const before = await revision();
    await clock.advance(5);
    expect(counts(await kit.customers.upsert(rows))).toEqual([0, 0, 2]);
    expect(await revision()).toBe(before);
    expect((await find("c1"))[0]?.updatedAt).toBe(1000);
  });

  test("lets given fields win and leaves absent and blank ones as they are", async () => {
    const { clock, kit, find } = library();
    await kit.customers.upsert([{ externalKey: "c1", name: "A", bornOn: "1990-01-01", externalUserId: "wm_1" }]);
    await clock.advance(5);
    const result = await kit.customers.upsert([{ externalKey: "c1", name: " ", bornOn: "", mobile: "+8613800138000" }]);
    expect(counts(result)).toEqual([0, 1, 0]);
    expect(await find("c1")).toMatchObject([
      {
        name: "A",
        bornOn: "1990-01-01",
        identities: { external_userid: "wm_1", mobile: "+8613800138000" },
        createdAt: 1000,
        updatedAt: 1005,
      },
    ]);
  });

  const bad = (row: object) => ({ externalKey: "bad", city: "nowhere", ...row }) as CustomerInput;
  const FAULTY = [
    { externalKey: "c0" },
    bad({ externalKey: " " }),
    bad({ bornOn: "2023-02-29" }),
    bad({ mobile: "13800138000" }),
    bad({ email: "not a mail" }),
    bad({ name: "x".repeat(256) }),
    bad({ name: "a\u0000b" }),
    bad({ externalUserId: "x".repeat(65) }),
    bad({ colour: "red" }),
    { externalKey: "c9" },
  ];

  test("leaves optional values out that are wrong, each with position and path, and takes the person", async () => {
    const { kit, find, inCity } = library();
    const { dropped, ...result } = await kit.customers.upsert([...FAULTY, bad({ bornOn: 7, email: "a@b", city: "A" })]);
    expect(counts(result)).toEqual([3, 0, 6]);
    expect(result.rejected.map(({ index, path }) => `${index} ${path}`)).toEqual(["1 externalKey", "8 colour"]);
    const places = "2 bornOn, 3 mobile, 4 email, 5 name, 6 name, 7 externalUserId, 10 bornOn, 10 email";
    expect(dropped.map(({ index, path }) => `${index} ${path}`).join(", ")).toBe(places);
    expect(dropped[0]?.message).toBe("must be an existing day, YYYY-MM-DD");
    expect((await find("bad"))[0]?.identities).toEqual({});
    expect(await inCity("A")).toEqual(["bad"]);
  });

  test("rejects wrong rows by themselves when it is strict, with position and path", async () => {
    const { kit, find } = library();
    const result = await kit.customers.upsert(FAULTY, { strict: true });
    expect(result.dropped).toEqual([]);
    expect(counts(result)).toEqual([2, 0, 0]);
    expect(result.rejected.map(({ index, path }) => `${index} ${path}`)).toEqual([
      "1 externalKey",
      "2 bornOn",
      "3 mobile",
      "4 email",
      "5 name",
      "6 name",
      "7 externalUserId",
      "8 colour",
    ]);
    expect(await find("bad")).toEqual([undefined]);
    expect((await kit.labels.list("city")).items).toEqual([]);
  });

  test("counts rows of one key once as inserted, and merges them in order", async () => {
    const { kit, find } = library();
    const result = await kit.customers.upsert([
      { externalKey: "c1", name: "A", mobile: "+8613800138000" },
      { externalKey: "c2" },
      { externalKey: "c1", name: "B" },
    ]);
    expect(counts(result)).toEqual([2, 0, 1]);
    expect(await find("c1")).toMatchObject([{ name: "B", identities: { mobile: "+8613800138000" } }]);
  });

  test("tells keys apart by every byte but white space around them and their composition", async () => {
    const { kit } = library();
    const rows = ["a", "A", " a ", "e\u0301", "\u00e9"].map((externalKey) => ({ externalKey }));
    expect(counts(await kit.customers.upsert(rows))).toEqual([3, 0, 2]);
  });
});

describe("identities", () => {
  test("of somebody else are left out of the row, which is taken without them", async () => {
    const { kit, find, inCity } = library();
    await kit.customers.upsert([{ externalKey: "c1", mobile: "+8613800138000" }]);
    const result = await kit.customers.upsert([
      { externalKey: "c2", name: "namesake", mobile: "+8613800138000", email: "c2@example.com", city: "上海" },
      { externalKey: "c3", email: "c2@example.com" },
    ]);
    expect([counts(result), result.rejected, result.moved]).toEqual([[2, 0, 0], [], 0]);
    expect(result.dropped).toEqual([
      { index: 0, path: "mobile", code: "customer.identity-taken", message: "belongs to another customer" },
      { index: 1, path: "email", code: "customer.identity-taken", message: "belongs to another customer" },
    ]);
    const people = await find("c1", "c2", "c3");
    expect(people.map((customer) => customer?.identities)).toEqual([
      { mobile: "+8613800138000" },
      { email: "c2@example.com" },
      {},
    ]);
    expect(await inCity("上海")).toEqual(["c2"]);
  });

  test("that two customers have the wrong way round are put right by a move, in one chunk and over two", async () => {
    const { kit, find } = library();
    const identities = async () => (await find("c1", "c2")).map((customer) => customer?.identities.external_userid);
    const people = (first: string, second: string) => [
      { externalKey: "c1", externalUserId: first },
      { externalKey: "c2", externalUserId: second },
    ];
    await kit.customers.upsert(people("wm_1", "wm_2"));
    const swap = await kit.customers.upsert(people("wm_2", "wm_1"), { onIdentityMove: "move" });
    expect([counts(swap), swap.moved, swap.dropped]).toEqual([[0, 2, 0], 1, []]);
    expect(await identities()).toEqual(["wm_2", "wm_1"]);
    const [one, two] = people("wm_1", "wm_2");
    const between = Array.from({ length: 500 }, (_, n) => ({ externalKey: `x${n}` }));
    const apart = await kit.customers.upsert([one, ...between, two] as CustomerInput[], { onIdentityMove: "move" });
    expect([apart.updated, apart.moved]).toEqual([2, 1]);
    expect(await identities()).toEqual(["wm_1", "wm_2"]);
    expect(counts(await kit.customers.upsert(people("wm_1", "wm_2")))).toEqual([0, 0, 2]);
  });

  test("move from somebody whom no row names, whose change the feed tells, and who can have them back", async () => {
    const { kit, find, revision } = library();
    const mobile = "+8613800138000";
    await kit.customers.upsert([{ externalKey: "old", mobile, email: "a@example.com" }]);
    const before = await revision();
    const row = { externalKey: "new", mobile };
    expect(await kit.customers.upsert([row], { onIdentityMove: "move" })).toMatchObject({ inserted: 1, moved: 1 });
    const [old, owner] = await find("old", "new");
    expect([old?.identities, owner?.identities]).toEqual([{ email: "a@example.com" }, { mobile }]);
    const changes = await kit.stores.tenants.changesSince(1, before, 10);
    expect(changes.map(({ id }) => id).toSorted()).toEqual([old?.id, owner?.id]);
    const back = await kit.customers.upsert([{ externalKey: "old", mobile }], { onIdentityMove: "move" });
    expect([counts(back), back.moved]).toEqual([[0, 1, 0], 1]);
    expect((await find("old"))[0]?.identities).toEqual({ mobile, email: "a@example.com" });
  });

  test("of somebody else reject the row where it is strict, and change nothing of it", async () => {
    const { kit, find, inCity } = library();
    await kit.customers.upsert([{ externalKey: "c1", mobile: "+8613800138000" }]);
    const result = await kit.customers.upsert(
      [
        { externalKey: "c2", name: "thief", mobile: "+8613800138000", email: "c2@example.com", city: "上海" },
        { externalKey: "c3", email: "c2@example.com" },
      ],
      { strict: true },
    );
    expect(counts(result)).toEqual([1, 0, 0]);
    expect(result.rejected).toEqual([
      { index: 0, path: "mobile", code: "customer.identity-taken", message: "belongs to another customer" },
    ]);
    expect((await find("c2", "c3")).map((customer) => customer?.identities)).toEqual([
      undefined,
      { email: "c2@example.com" },
    ]);
    expect(await inCity("上海")).toEqual([]);
    expect((await kit.labels.list("city")).items).toEqual([]);
  });

  test("that two rows of a chunk claim belong to the first", async () => {
    const { kit } = library();
    const result = await kit.customers.upsert(
      [
        { externalKey: "c1", externalUserId: "wm_1" },
        { externalKey: "c2", externalUserId: "wm_1" },
        { externalKey: "c1", externalUserId: "wm_1", name: "again" },
      ],
      { strict: true },
    );
    expect(result.rejected.map(({ index }) => index)).toEqual([1]);
    expect(counts(result)).toEqual([1, 0, 1]);
  });

  test("that their owner gave up are free, in the same chunk too", async () => {
    const { kit, find } = library();
    await kit.customers.upsert([
      { externalKey: "old", mobile: "+8613800138000" },
      { externalKey: "other", mobile: "+8613800138001" },
    ]);
    const result = await kit.customers.upsert([
      { externalKey: "other", name: "first in the chunk" },
      { externalKey: "old", mobile: "+8613800138002" },
      { externalKey: "new", mobile: "+8613800138000" },
      { externalKey: "old", mobile: "+8613800138003" },
      { externalKey: "other", mobile: "+8613800138002" },
    ]);
    expect(result.rejected).toEqual([]);
    expect((await find("old", "other", "new")).map((customer) => customer?.identities.mobile)).toEqual([
      "+8613800138003",
      "+8613800138002",
      "+8613800138000",
    ]);
  });

  test("of one tenant are no concern of another", async () => {
    const { kit } = library();
    const { id } = await kit.stores.tenants.insert({ name: "b", timeZone: "UTC", currency: "EUR", createdAt: 0 });
    const row = { externalKey: "c1", mobile: "+8613800138000" };
    await kit.customers.upsert([row]);
    expect(counts(await kit.forTenant(id).customers.upsert([row]))).toEqual([1, 0, 0]);
  });
});

describe("cities", () => {
  test("take the place of the one before, and make an unchanged row an updated one", async () => {
    const { kit, inCity, revision } = library();
    await kit.customers.upsert([{ externalKey: "c1", city: "上海" }]);
    const before = await revision();
    expect(counts(await kit.customers.upsert([{ externalKey: "c1", city: "北京" }]))).toEqual([0, 1, 0]);
    expect(await revision()).toBe(before + 1);
    expect([await inCity("上海"), await inCity("北京")]).toEqual([[], ["c1"]]);
    expect(counts(await kit.customers.upsert([{ externalKey: "c1", city: "北京" }]))).toEqual([0, 0, 1]);
    expect(counts(await kit.customers.upsert([{ externalKey: "c1", city: " " }]))).toEqual([0, 0, 1]);
    expect(await inCity("北京")).toEqual(["c1"]);
  });

  test("count once for the rows that bring nothing else new", async () => {
    const { kit } = library();
    await kit.customers.upsert([
      { externalKey: "c1", city: "A" },
      { externalKey: "c2", city: "A" },
    ]);
    const result = await kit.customers.upsert([
      { externalKey: "c1", city: "B" },
      { externalKey: "c1", city: "B" },
      { externalKey: "c2", city: "A" },
      { externalKey: "c2", name: "new name", city: "B" },
    ]);
    expect(counts(result).reduce((a, b) => a + b)).toBe(4);
    expect(counts(result)).toEqual([0, 2, 2]);
  });

  test("of one customer in several rows are the last one's", async () => {
    const { kit, inCity } = library();
    const result = await kit.customers.upsert([
      { externalKey: "c1", city: "A" },
      { externalKey: "c1", city: "B" },
    ]);
    expect(counts(result)).toEqual([1, 0, 1]);
    expect([await inCity("A"), await inCity("B")]).toEqual([[], ["c1"]]);
  });
});

describe("long inputs", () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => ({ externalKey: `c${n}` }));

  test("go in 500 rows at a time, each chunk under one revision", async () => {
    const { kit, revision } = library();
    const progress: number[] = [];
    const result = await kit.customers.upsert(many(1201), { onProgress: ({ rows }) => progress.push(rows) });
    expect(counts(result)).toEqual([1201, 0, 0]);
    expect(progress).toEqual([500, 1000, 1201]);
    expect(await revision()).toBe(3);
  });

  test("keep the positions of rejected rows over chunks", async () => {
    const { kit } = library();
    const rows: CustomerInput[] = many(1100);
    for (const n of [3, 499, 500, 1099]) rows[n] = { externalKey: "" };
    const { rejected } = await kit.customers.upsert(rows);
    expect(rejected.map(({ index }) => index)).toEqual([3, 499, 500, 1099]);
  });

  test("stop between two chunks when aborted; what was taken stays", async () => {
    const { kit, find } = library();
    const stop = new AbortController();
    const rows = async function* () {
      yield* many(600);
      stop.abort(new Error("enough"));
      yield* many(600);
    };
    await expect(kit.customers.upsert(rows(), { signal: stop.signal })).rejects.toThrow("enough");
    expect((await find("c499", "c500")).map((customer) => customer !== undefined)).toEqual([true, false]);
  });
});
