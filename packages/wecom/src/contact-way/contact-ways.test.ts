import { expect, test } from "vitest";
import { allOf, failureOf, openRig } from "../test-rig.js";

test("a contact way is made, changed, listed and deleted", async () => {
  const { client } = await openRig();
  const { config_id, qr_code } = await client.addContactWay({ type: 1, scene: 2, user: ["staff-01"], state: "spring" });
  expect(qr_code).toMatch(/^https:/);
  await client.updateContactWay({ config_id, remark: "门店" });
  expect(await client.getContactWay(config_id)).toMatchObject({ state: "spring", remark: "门店", user: ["staff-01"] });
  expect(await allOf(client.listContactWay())).toEqual([config_id]);
  await client.delContactWay(config_id);
  expect(await allOf(client.listContactWay())).toEqual([]);
  expect(await failureOf(client.getContactWay(config_id))).toMatchObject({ providerCode: "41042" });
});

test.each([
  ["state", { state: "s".repeat(31) }],
  ["remark", { remark: "备".repeat(31) }],
  ["user", { user: ["staff-01", "staff-02"] }],
  ["expires_in", { expires_in: 14 * 86_400 + 1 }],
])("one too many in %s is refused before any call", async (field, more) => {
  const { client, callsOf } = await openRig();
  const way = { type: 1, scene: 2, user: ["staff-01"], state: "s".repeat(30), ...more } as const;
  expect(await failureOf(client.addContactWay(way))).toMatchObject({
    effect: "REQUEST",
    message: expect.stringContaining(field),
  });
  expect(callsOf("add_contact_way")).toBe(0);
});

test("1 001 ways are listed over two pages", async () => {
  const anyNumber = { kind: "bucket", burst: 2000, perSecond: 1 } as const;
  const { client, callsOf } = await openRig({ channel: { rateLimits: { "*": anyNumber } } });
  const way = { type: 1, scene: 1, user: ["staff-01"] } as const;
  for (let count = 0; count < 1001; count += 1) await client.addContactWay(way);
  expect(new Set(await allOf(client.listContactWay())).size).toBe(1001);
  expect(callsOf("list_contact_way")).toBe(2);
});
