import { describe, expect, test } from "vitest";
import { customers, failureOf, openRig } from "../test-rig.js";

const STAFF = ["anna", "bo", "chen"];

/** A rig whose members follow 230 customers, by turns; one of them all three. */
function openContacts(simulator = {}) {
  const listed = customers(230).map((externalUserid, index) => ({
    externalUserid,
    name: `客户${index}`,
    unionid: `o${index}`,
    followers: index === 0 ? STAFF : [STAFF[index % 2] ?? ""],
    remarkMobiles: index === 1 ? ["13800138000"] : [],
  }));
  return openRig({ simulator: { staff: STAFF, customers: listed, ...simulator } });
}

describe("createWecomClient: customers", () => {
  test("members and their customers are listed; one without customers has none", async () => {
    const { client, simulator } = await openContacts();
    simulator.setFollowers("wm000000", ["anna"]);
    expect(await client.getFollowUserList()).toEqual(STAFF);
    expect(await client.listExternalContacts("anna")).toHaveLength(115);
    expect(await client.listExternalContacts("chen")).toEqual([]);
    expect(await failureOf(client.listExternalContacts("nobody"))).toMatchObject({ providerCode: "60111" });
  });

  test("one customer comes with everybody who follows them, over all pages", async () => {
    const many = Array.from({ length: 501 }, (_, index) => `m${index}`);
    const { client, callsOf } = await openRig({
      simulator: { staff: many, customers: [{ externalUserid: "wm1", unionid: "o1", followers: many }] },
    });
    const { external_contact, follow_user } = await client.getExternalContact("wm1");
    expect(external_contact).toMatchObject({ external_userid: "wm1", unionid: "o1", type: 1 });
    expect(new Set(follow_user.map(({ userid }) => userid)).size).toBe(501);
    expect(callsOf("get")).toBe(2);
  });

  test("an unknown customer is a recipient that can't be used, with the trace id of the call", async () => {
    const { client } = await openContacts();
    const error = await failureOf(client.getExternalContact("wmNobody"));
    expect(error).toMatchObject({
      effect: "RECIPIENT",
      providerCode: "84061",
      traceId: expect.stringMatching(/^\d+$/),
    });
  });

  test("many are read page by page, and a page tells where to go on", async () => {
    const { client, callsOf } = await openContacts();
    const seen: string[] = [];
    let cursor: string | undefined;
    for await (const page of client.batchGetByUser(STAFF)) {
      seen.push(...page.contacts.map(({ external_contact }) => external_contact.external_userid));
      cursor ??= page.cursor;
    }
    expect(seen).toHaveLength(232);
    expect(new Set(seen).size).toBe(230);
    expect(callsOf("get_by_user")).toBe(3);

    const rest: string[] = [];
    for await (const { contacts } of client.batchGetByUser(STAFF, { cursor })) {
      rest.push(...contacts.map(({ external_contact }) => external_contact.external_userid));
    }
    expect(rest).toEqual(seen.slice(100));
  });

  test("members are asked for one by one where WeCom takes fewer than documented", async () => {
    const staff = Array.from({ length: 60 }, (_, index) => `m${index}`);
    const listed = staff.map((userid, index) => ({ externalUserid: `wm${index}`, followers: [userid] }));
    const { client } = await openRig({ simulator: { staff, customers: listed, mostMembersPerBatch: 20 } });
    let count = 0;
    for await (const { contacts } of client.batchGetByUser(staff)) count += contacts.length;
    expect(count).toBe(60);
  });

  test("members without a licence are named and the others are read", async () => {
    const { client } = await openContacts({ unlicensed: ["bo"] });
    const unlicensed = new Set<string>();
    let count = 0;
    for await (const page of client.batchGetByUser(STAFF)) {
      for (const userid of page.unlicensed) unlicensed.add(userid);
      count += page.contacts.length;
    }
    expect([...unlicensed]).toEqual(["bo"]);
    expect(count).toBe(116);
    const pages = client.batchGetByUser(["bo"]);
    await expect(pages[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      effect: "CONFIG",
      providerCode: "701008",
    });
  });

  test("101 members are refused before any call", async () => {
    const { client, callsOf } = await openContacts();
    expect(() => client.batchGetByUser(customers(101))).toThrow(/userids: at most 100/);
    expect(callsOf("get_by_user")).toBe(0);
  });

  test("a remark is noted and cleared, and its limits are kept", async () => {
    const { client, callsOf } = await openContacts();
    const who = { userid: "anna", external_userid: "wm000000" };
    await client.remarkContact({ ...who, remark: "老客户", remark_mobiles: ["13900139000"] });
    const noted = (await client.getExternalContact("wm000000")).follow_user.find(({ userid }) => userid === "anna");
    expect(noted).toMatchObject({ remark: "老客户", remark_mobiles: ["13900139000"] });
    await client.remarkContact({ ...who, remark_mobiles: [""] });
    const cleared = (await client.getExternalContact("wm000000")).follow_user.find(({ userid }) => userid === "anna");
    expect(cleared?.remark_mobiles).toEqual([]);

    const before = callsOf("remark");
    expect(await failureOf(client.remarkContact({ ...who, remark: "备".repeat(21) }))).toMatchObject({
      effect: "REQUEST",
      message: expect.stringContaining("remark: at most 20 characters"),
    });
    expect(await failureOf(client.remarkContact(who))).toMatchObject({ effect: "REQUEST" });
    expect(callsOf("remark")).toBe(before);
    await client.remarkContact({ ...who, remark: "备".repeat(20), description: "述".repeat(150) });
  });

  test("a welcome is sent once and within 20 seconds", async () => {
    const { client, simulator, clock } = await openContacts();
    const add = (externalUserid: string) =>
      simulator.control.addCustomer({ userid: "anna", externalUserid, state: "spring" });
    const welcome_code = add("wmNew1");
    await client.sendWelcomeMsg({ welcome_code, text: { content: "欢迎" } });
    expect(simulator.ledger.welcomes).toMatchObject([{ externalUserid: "wmNew1", userid: "anna", text: "欢迎" }]);
    const again = client.sendWelcomeMsg({ welcome_code, text: { content: "欢迎" } });
    expect(await failureOf(again)).toMatchObject({ effect: "RECIPIENT", providerCode: "41051" });

    const late = add("wmNew2");
    clock.advance(20_000);
    expect(await failureOf(client.sendWelcomeMsg({ welcome_code: late, text: { content: "欢迎" } }))).toMatchObject({
      effect: "RECIPIENT",
      providerCode: "41050",
    });
    const { follow_user } = await client.getExternalContact("wmNew1");
    expect(follow_user).toMatchObject([{ userid: "anna", state: "spring" }]);
  });

  test("an app that is not callable, and a foreign address, are told with what to do", async () => {
    const app = { corpId: "ww-simulator", secret: "simulator-secret" };
    const barred = await openRig({ simulator: { corps: [{ ...app, isCallable: false }] } });
    expect(await failureOf(barred.client.getFollowUserList())).toMatchObject({
      effect: "CONFIG",
      providerCode: "48002",
    });
    const away = await openRig({ simulator: { corps: [{ ...app, trustedIps: ["203.0.113.7"] }] } });
    expect(await failureOf(away.client.getFollowUserList())).toMatchObject({
      effect: "CONFIG",
      providerCode: "60020",
      hint: "add the address 127.0.0.1 to the app's trusted IP list",
    });
  });

  test("what happens among members and customers is told to listeners, changes by the API are not", async () => {
    const { client, simulator } = await openContacts();
    const told: unknown[] = [];
    const end = simulator.control.onEvent(({ ChangeType, UserID, ExternalUserID }) => {
      told.push([ChangeType, UserID, ExternalUserID]);
    });
    await client.remarkContact({ userid: "anna", external_userid: "wm000000", remark: "a" });
    simulator.control.customerDeletes("anna", "wm000000");
    simulator.control.employeeDeletes("bo", "wm000000");
    simulator.control.employeeEdits("bo", "wm000001", { remark: "b" });
    end();
    simulator.control.customerDeletes("chen", "wm000000");
    expect(told).toEqual([
      ["del_follow_user", "anna", "wm000000"],
      ["del_external_contact", "bo", "wm000000"],
      ["edit_external_contact", "bo", "wm000001"],
    ]);
    expect(await failureOf(client.getExternalContact("wm000000"))).toMatchObject({ providerCode: "84061" });
  });
});
