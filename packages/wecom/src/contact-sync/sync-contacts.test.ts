import { createRecallKit, silentLogger } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import { describe, expect, test } from "vitest";
import type { SimulatedCustomer } from "../simulator/index.js";
import { openRig } from "../test-rig.js";
import type { SyncOptions, UnmatchedContact } from "./options.js";
import { syncContacts } from "./sync-contacts.js";

/** 25 000 customers over 40 members with RECALLKIT_FULL=1, else a tenth of it. */
const [PEOPLE, MEMBERS] = process.env.RECALLKIT_FULL ? [25_000, 40] : [1200, 6];
const STAFF = Array.from({ length: MEMBERS }, (_, index) => `staff-${index}`);

/** Customer `n` has one clue: unionid, mobile, import key in the remark, or none; every 50th is followed by two. */
function contact(index: number): SimulatedCustomer {
  const followers = [STAFF[index % MEMBERS] ?? "", ...(index % 50 === 0 ? [STAFF[(index + 1) % MEMBERS] ?? ""] : [])];
  const externalUserid = `wm${String(index).padStart(6, "0")}`;
  return {
    externalUserid,
    name: `微信${index}`,
    followers,
    ...(index % 4 === 0 && { unionid: `o${index}` }),
    ...(index % 4 === 1 && { remarkMobiles: [`138 0000 ${String(index % 10_000).padStart(4, "0")}`] }),
  };
}

async function openShop(people = PEOPLE) {
  const listed = Array.from({ length: people }, (_, index) => contact(index));
  const rig = await openRig({ simulator: { staff: STAFF, customers: listed } });
  const stores = memoryStores();
  const kit = createRecallKit({ stores, logger: silentLogger }).forTenant(1);
  const rows = Array.from({ length: people }, (_, index) => ({
    externalKey: `c${index}`,
    name: `顾客${index}`,
    ...(index % 4 === 0 && { unionid: `o${index}` }),
    ...(index % 4 === 1 && index < 10_000 && { mobile: `+861380000${String(index).padStart(4, "0")}` }),
  }));
  await kit.customers.upsert(rows);
  const keyOf: SyncOptions["keyOf"] = ({ external_contact: { external_userid } }) => {
    const index = Number(external_userid.slice(2));
    return index % 4 === 2 ? `c${index}` : undefined;
  };
  const sync = (options: Partial<SyncOptions> = {}) => syncContacts(rig.client, kit, { stores, keyOf, ...options });
  /** External_userids by import key, as the stores have them. */
  const bound = async () => {
    const owners = await findAll(listed.map(({ externalUserid }) => externalUserid));
    return new Map(owners);
  };
  async function findAll(values: readonly string[]): Promise<[string, string][]> {
    const found: [string, string][] = [];
    for (let start = 0; start < values.length; start += 1000) {
      const identities = values
        .slice(start, start + 1000)
        .map((value) => ({ type: "external_userid", value }) as const);
      const owners = await stores.customers.findOwners(1, identities);
      const people = await stores.customers.getMany(1, [...new Set(owners.map(({ customerId }) => customerId))]);
      const keys = new Map(people.map(({ id, externalKey }) => [id, externalKey]));
      for (const { value, customerId } of owners) found.push([value, keys.get(customerId) ?? ""]);
    }
    return found;
  }
  return { ...rig, stores, kit, sync, bound };
}

/** Whom the sync must find: by unionid, mobile (unique below 10 000) and key. */
const truth = (people = PEOPLE) =>
  new Map(
    Array.from({ length: people }, (_, index) => index)
      .filter((index) => index % 4 === 0 || (index % 4 === 1 && index < 10_000) || index % 4 === 2)
      .map((index) => [`wm${String(index).padStart(6, "0")}`, `c${index}`]),
  );

describe("syncContacts", () => {
  test("a run that is killed five times goes on and ends equal to the truth, below every quota", async () => {
    const { sync, bound, simulator } = await openShop();
    const kills = 5;
    let pages = 0;
    const dieAt = (page: number) => () => {
      pages += 1;
      if (pages === page) throw new Error("killed");
    };
    for (let kill = 1; kill <= kills; kill += 1) {
      pages = 0;
      // Dead after the checkpoint of a page, or before it, when its rows are written.
      const at = kill % 2 === 0 ? { onUnmatched: dieAt(1) } : { onProgress: dieAt(kill) };
      await expect(sync(at)).rejects.toThrow("killed");
    }
    const result = await sync();
    expect(result.resumed).toBe(true);
    expect(await bound()).toEqual(truth());
    expect(simulator.ledger.calls.filter(({ errcode }) => errcode === 45009)).toEqual([]);
    expect((await sync()).resumed).toBe(false);
  }, 600_000);

  test("contacts are matched by unionid, mobile and key, and those without a customer are told", async () => {
    const { sync, kit, bound } = await openShop(40);
    const told: UnmatchedContact[] = [];
    const result = await sync({ onUnmatched: (contacts) => void told.push(...contacts) });
    expect(result).toMatchObject({ contacts: 41, created: 0, unmatched: 10, conflicts: 0, unlicensed: [] });
    // Customer 0 is followed by two: the second time they are known.
    expect(result.matched).toEqual({ external_userid: 1, unionid: 10, mobile: 10, key: 10 });
    expect(told.map(({ externalUserid }) => externalUserid).sort()).toEqual(
      Array.from({ length: 10 }, (_, index) => `wm${String(4 * index + 3).padStart(6, "0")}`),
    );
    expect(await bound()).toEqual(truth(40));
    expect((await kit.customers.export("c0")).customer).toMatchObject({ name: "顾客0" });
  });

  test("they can be added, and a second run changes nothing", async () => {
    const { sync, bound } = await openShop(40);
    expect(await sync({ unmatched: "create" })).toMatchObject({ created: 10, unmatched: 0 });
    expect((await bound()).get("wm000003")).toBe("wecom:wm000003");
    expect(await sync({ unmatched: "create" })).toMatchObject({ created: 0, matched: { external_userid: 41 } });
  });

  test("an incremental run asks only about contacts whom nobody has", async () => {
    const { sync, simulator, bound, callsOf } = await openShop(40);
    await sync({ unmatched: "create" });
    const unionid = "o999";
    simulator.control.addCustomer({ userid: "staff-0", externalUserid: "wm000999", name: "新客", unionid });
    const pages = callsOf("get_by_user");
    expect(await sync({ mode: "incremental", unmatched: "create" })).toMatchObject({ contacts: 1, created: 1 });
    expect([callsOf("get_by_user") - pages, callsOf("get")]).toEqual([0, 1]);
    expect((await bound()).size).toBe(40);
  });

  test("clues that lead to two people, or to one who has another contact, are told and bind nobody", async () => {
    const { kit, stores, client, simulator } = await openShop(0);
    await kit.customers.upsert([
      { externalKey: "a", unionid: "o1" },
      { externalKey: "b", mobile: "+8613800138000" },
      { externalKey: "c", unionid: "o3", externalUserId: "wmOther" },
    ]);
    const userid = "staff-0";
    simulator.control.addCustomer({ userid, externalUserid: "wm1", unionid: "o1", remarkMobiles: ["13800138000"] });
    simulator.control.addCustomer({ userid, externalUserid: "wm3", unionid: "o3" });
    const told: UnmatchedContact[] = [];
    const result = await syncContacts(client, kit, { stores, onUnmatched: (rows) => void told.push(...rows) });
    expect(result).toMatchObject({ conflicts: 2, unmatched: 0, matched: { unionid: 0, mobile: 0 } });
    expect(told.map(({ externalUserid, candidates }) => [externalUserid, candidates])).toEqual([
      ["wm1", ["a", "b"]],
      ["wm3", ["c"]],
    ]);
  });

  test("a cursor that WeCom has forgotten, and an unreadable checkpoint, begin anew", async () => {
    const { sync, bound, stores, simulator } = await openShop();
    await expect(
      sync({
        onProgress() {
          throw new Error("killed");
        },
      }),
    ).rejects.toThrow("killed");
    simulator.faults.push({ on: "get_by_user", kind: "error", errcode: 50100 });
    await sync();
    expect(await bound()).toEqual(truth());
    await stores.config.put(1, "wecom.contact-sync.default", "{");
    expect((await sync()).resumed).toBe(false);
  });

  test("members without a licence are named", async () => {
    const { client } = await openRig({ simulator: { staff: ["a", "b"], customers: [], unlicensed: ["b"] } });
    const stores = memoryStores();
    const kit = createRecallKit({ stores }).forTenant(1);
    expect(await syncContacts(client, kit, { stores })).toMatchObject({ members: 2, unlicensed: ["b"], contacts: 0 });
  });
});
