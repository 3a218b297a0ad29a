import { expect, test } from "vitest";
import { customerIds, openSimulator, png } from "./test-client.js";

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  ({ method: "POST", body: new URLSearchParams(fields), redirect: "manual", headers }) as const;

test("the page shows tasks of members, and its button sends one", async () => {
  const { simulator, client } = await openSimulator({ staff: ["小红", "小明"], customers: customerIds(10) });
  const { media_id } = await client.upload("image", png());
  const link = { title: "<b>回来看看</b>", desc: "满 100 减 20", url: "https://shop.example/r/1" };
  const attachments = [
    { msgtype: "image", image: { media_id } },
    { msgtype: "link", link },
  ];
  const msgid = await client.task(customerIds(10), { attachments });
  const page = await (await fetch(simulator.url)).text();
  expect(page.match(/确认发送/g)).toHaveLength(2);
  expect(page).toContain("&#60;b&#62;回来看看");
  expect(page).not.toContain("<b>回来看看");

  const answer = await fetch(`${simulator.url}/confirm`, form({ msgid, userid: "小红" }));
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
  const after = await (await fetch(simulator.url)).text();
  expect(after.match(/确认发送/g)).toHaveLength(1);
  expect(simulator.ledger.tasks[0]?.staff.find(({ userid }) => userid === "小红")?.confirmedAt).toBeDefined();
});

test("another site's form presses nothing, and a cancelled task stays as it is", async () => {
  const { simulator, client } = await openSimulator();
  const msgid = await client.task(customerIds(1));
  const foreign = await fetch(`${simulator.url}/confirm`, form({ msgid }, { origin: "https://evil.example" }));
  expect(foreign.status).toBe(400);
  expect((await fetch(`${simulator.url}/confirm`)).status).toBe(400);
  await client.post("cancel_groupmsg_send", { msgid });
  expect((await fetch(`${simulator.url}/confirm`, form({ msgid }))).status).toBe(303);
  expect(simulator.ledger.figures()).toMatchObject({ delivered: 0, cancelled: 1 });
  expect(await (await fetch(simulator.url)).text()).toContain("已取消");
});
