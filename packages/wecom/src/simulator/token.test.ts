import { expect, test } from "vitest";
import { createTestClient, movableClock, openSimulator } from "./test-client.js";

const path = "/cgi-bin/gettoken";

test("hands out the same token until it expires, with the seconds that are left", async () => {
  const clock = movableClock();
  const { simulator, client } = await openSimulator({ clock });
  const query = `${path}?corpid=ww-simulator&corpsecret=simulator-secret`;
  const first = await client.get(query);
  expect(first).toMatchObject({ errcode: 0, errmsg: "ok", expires_in: 7200 });

  clock.advance(7_199_000);
  expect(await client.get(query)).toMatchObject({ access_token: first.access_token, expires_in: 1 });
  clock.advance(1000);
  const next = await client.get(query);
  expect(next.access_token).not.toBe(first.access_token);
  expect(next.expires_in).toBe(7200);
  expect(simulator.ledger.tokens).toHaveLength(2);
});

test.each([
  ["", 41002],
  ["?corpid=ww-simulator", 41004],
  ["?corpid=nobody&corpsecret=simulator-secret", 40013],
  ["?corpid=ww-simulator&corpsecret=wrong", 40001],
])("refuses gettoken%s with %i", async (query, errcode) => {
  const { client } = await openSimulator();
  expect(await client.get(path + query)).toMatchObject({ errcode });
});

test("tells a missing, an unknown and an expired token apart", async () => {
  const clock = movableClock();
  const { simulator, client } = await openSimulator({ clock, tokenTtlSeconds: 60 });
  const address = `${simulator.url}/cgi-bin/externalcontact/get_groupmsg_task`;
  const call = async (query: string) => (await fetch(address + query, { method: "POST", body: "{}" })).json();
  const token = await client.token();

  expect(await call("")).toMatchObject({ errcode: 41001 });
  expect(await call("?access_token=made-up")).toMatchObject({ errcode: 40014 });
  expect(await call(`?access_token=${token}`)).toMatchObject({ errcode: 41046 });
  clock.advance(60_000);
  expect(await call(`?access_token=${token}`)).toMatchObject({ errcode: 42001 });
});

test("gives each app of a corp its own token and each corp its own tasks", async () => {
  const corps = [
    { corpId: "ww-a", secret: "one" },
    { corpId: "ww-a", secret: "two" },
    { corpId: "ww-b", secret: "three" },
  ];
  const { simulator } = await openSimulator({ corps });
  const [one, two, other] = corps.map(({ corpId, secret }) => createTestClient(simulator.url, corpId, secret));
  expect(await one?.token()).not.toBe(await two?.token());

  const msgid = await one?.task(["wm1"]);
  expect(await two?.post("get_groupmsg_task", { msgid })).toMatchObject({ errcode: 0 });
  expect(await other?.post("get_groupmsg_task", { msgid })).toMatchObject({ errcode: 41047 });
  expect(simulator.ledger.figures("ww-a").tasks).toBe(1);
  expect(simulator.ledger.figures("ww-b").tasks).toBe(0);
});

test("answers an error as HTTP 200 in the documented shape, with the code in the link", async () => {
  const { simulator } = await openSimulator();
  const response = await fetch(simulator.url + path);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json; charset=UTF-8");
  const { errmsg } = (await response.json()) as { errmsg: string };
  expect(errmsg).toMatch(
    /^corpid missing, hint: \[\d+\], from ip: 127\.0\.0\.1, more info at https:\/\/open\.work\.weixin\.qq\.com\/devtool\/query\?e=41002$/,
  );
});
