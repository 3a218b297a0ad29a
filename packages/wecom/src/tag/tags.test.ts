import { expect, test } from "vitest";
import { failureOf, openRig } from "../test-rig.js";

const CUSTOMERS = [{ externalUserid: "wm1", followers: ["staff-01"] }];

test("tags are added by group, marked on a customer, renamed and deleted", async () => {
  const { client } = await openRig({ simulator: { customers: CUSTOMERS } });
  const group = await client.addCorpTag({
    group_name: "周期",
    tag: [{ name: "45天" }, { name: "90天" }, { name: "45天" }],
  });
  expect(group).toMatchObject({ group_name: "周期", tag: [{ name: "45天" }, { name: "90天" }] });
  const [first, second] = group.tag;
  const more = await client.addCorpTag({ group_name: "周期", tag: [{ name: "180天" }] });
  expect(more.group_id).toBe(group.group_id);
  expect(more.tag).toHaveLength(1);

  const who = { userid: "staff-01", external_userid: "wm1" };
  await client.markTag({ ...who, add_tag: [first?.id ?? "", second?.id ?? ""] });
  await client.markTag({ ...who, remove_tag: [second?.id ?? ""] });
  const { follow_user } = await client.getExternalContact("wm1");
  expect(follow_user[0]?.tags).toMatchObject([{ group_name: "周期", tag_name: "45天", type: 1, tag_id: first?.id }]);

  await client.editCorpTag({ id: first?.id ?? "", name: "四十五天" });
  await client.delCorpTag({ tag_id: [second?.id ?? ""] });
  const [listed] = await client.getCorpTagList({ group_id: [group.group_id] });
  expect(listed?.tag.map(({ name }) => name)).toEqual(["四十五天", "180天"]);
  await client.delCorpTag({ group_id: [group.group_id] });
  expect(await client.getCorpTagList()).toEqual([]);
});

test("a tag that exists, an unknown one and an unknown relation are refused by their codes", async () => {
  const { client } = await openRig({ simulator: { customers: CUSTOMERS } });
  const { tag } = await client.addCorpTag({ group_name: "周期", tag: [{ name: "45天" }] });
  const again = client.addCorpTag({ group_name: "周期", tag: [{ name: "45天" }] });
  expect(await failureOf(again)).toMatchObject({ effect: "REQUEST", providerCode: "40071" });
  const who = { userid: "staff-01", external_userid: "wm1" };
  expect(await failureOf(client.markTag({ ...who, add_tag: ["etNone"] }))).toMatchObject({ providerCode: "40068" });
  const stranger = client.markTag({ ...who, userid: "staff-02", add_tag: [tag[0]?.id ?? ""] });
  expect(await failureOf(stranger)).toMatchObject({ effect: "RECIPIENT", providerCode: "84061" });
});

test("names of 30 characters fit, 31 and an empty change are refused before any call", async () => {
  const { client, callsOf } = await openRig({ simulator: { customers: CUSTOMERS } });
  await client.addCorpTag({ group_name: "组".repeat(30), tag: [{ name: "签".repeat(30) }] });
  const long = client.addCorpTag({ group_name: "组", tag: [{ name: "签".repeat(31) }] });
  expect(await failureOf(long)).toMatchObject({ message: "add_corp_tag: tag.0.name: at most 30 characters" });
  const empty = client.markTag({ userid: "staff-01", external_userid: "wm1", add_tag: [] });
  expect(await failureOf(empty)).toMatchObject({ effect: "REQUEST" });
  expect([callsOf("add_corp_tag"), callsOf("mark_tag")]).toEqual([1, 0]);
});

test("an app does not change what another app has made", async () => {
  const corpId = "ww-simulator";
  const { client, simulator } = await openRig({
    simulator: {
      corps: [
        { corpId, secret: "simulator-secret" },
        { corpId, secret: "other", agentId: 7 },
      ],
    },
  });
  const other = (await openRig({ channel: { baseUrl: simulator.url, secret: "other" } })).client;
  const { tag } = await other.addCorpTag({ group_name: "周期", tag: [{ name: "45天" }] });
  expect(await failureOf(client.editCorpTag({ id: tag[0]?.id ?? "", name: "x" }))).toMatchObject({
    providerCode: "81011",
  });
});
