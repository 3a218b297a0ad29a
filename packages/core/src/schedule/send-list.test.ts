import { expect, test } from "vitest";
import { HOUR, lose, pushRig, START } from "../testing/push-rig.js";

const RULE = {
  content: { text: "{{customer_name}}：{{product}}" },
  variables: { product: "好物", customer_name: "朋友" },
};

async function rigOf(personal: boolean) {
  const rig = await pushRig({ people: 4, caps: "off" });
  rig.channel.personal = personal;
  const content = personal ? RULE.content : { text: "{{product}}" };
  const { id } = await rig.kit.rules.create({ ...rig.input, ...RULE, content, name: "list" });
  const send = (people: readonly unknown[], more: object = {}) =>
    rig.kit.occurrences.sendList({ ruleId: id, people: people as never, requestId: "r1", ...more });
  const texts = (call = 0) => rig.channel.calls[call]?.batch.recipients.map(({ content: { text } }) => text);
  return { ...rig, send, texts, ruleId: id };
}

const person = (n: number, product?: string) => ({
  externalKey: `c${n}`,
  ...(product !== undefined && { values: { product } }),
});

test("each person of a list gets the rule's content with values of their own", async () => {
  const rig = await rigOf(true);
  const { occurrence, rejected } = await rig.send([person(2, "猫砂"), person(0, "猫粮 {{x}}"), person(3)]);
  expect([occurrence.kind, occurrence.nominal, rejected]).toEqual(["list", "r1", []]);
  await rig.tick();
  expect(rig.texts()).toEqual(["朋友：猫粮 {{x}}", "朋友：猫砂", "朋友：好物"]);
  expect(rig.channel.calls[0]?.batch.content.text).toBe("{{customer_name}}：{{product}}");
  expect(await rig.people(occurrence.id)).toEqual(["accepted", "accepted", "accepted"]);
});

test("a repeat finds its occurrence, and says the same after a lost answer", async () => {
  const rig = await rigOf(true);
  rig.channel.steps.push(lose(false));
  const { occurrence } = await rig.send([person(0, "a")]);
  expect((await rig.send([person(1, "b")])).occurrence.id).toBe(occurrence.id);
  await rig.tick();
  await rig.after(HOUR);
  await rig.after(HOUR);
  expect([rig.texts(), rig.texts(1)]).toEqual([["朋友：a"], ["朋友：a"]]);
});

test("rows with a fault are left out, each with its place", async () => {
  const rig = await rigOf(true);
  const { rejected } = await rig.send([
    person(0, "a"),
    { externalKey: "nobody" },
    { externalKey: "c0" },
    { externalKey: "c1", values: { colour: "red" } },
    { externalKey: "c1", values: { product: 7 } },
    { externalKey: "", values: { product: "x".repeat(1_001) } },
    // biome-ignore lint/suspicious/noExplicitAny: a row that no type lets through
    7 as any,
    person(2),
  ]);
  expect(rejected.map(({ index, path, code }) => [index, path, code])).toEqual([
    [1, "externalKey", "customer.not-found"],
    [2, "externalKey", "list.duplicate"],
    [3, "values.colour", "content.unknown-variable"],
    [4, "values.product", "invalid_type"],
    [5, "externalKey", "custom"],
    [5, "values.product", "too_big"],
    [6, "", "invalid_type"],
  ]);
  await rig.tick();
  expect(rig.texts()).toEqual(["朋友：a", "朋友：好物"]);
});

test("a list of which no row is left is refused: nobody else is meant", async () => {
  const rig = await rigOf(true);
  await expect(rig.send([{ externalKey: "nobody" }])).rejects.toMatchObject({
    issues: [{ path: "people.0.externalKey", code: "customer.not-found" }],
  });
  await rig.tick();
  expect(rig.channel.calls).toHaveLength(0);
});

test("on a channel that sends one text to all the values are those of the first", async () => {
  const rig = await rigOf(false);
  const { rejected } = await rig.send([person(1, "猫粮"), person(2, "猫砂"), person(3, "猫粮")]);
  expect(rejected.map(({ index, code }) => [index, code])).toEqual([[1, "list.shared-values"]]);
  await rig.tick();
  expect(rig.channel.calls[0]?.batch.content.text).toBe("猫粮");
  expect(rig.texts()).toEqual(["猫粮", "猫粮"]);
});

test("a list begins when it is due, and not while its rule is paused", async () => {
  const rig = await rigOf(true);
  await rig.send([person(0)], { dueAt: START + HOUR });
  await rig.tick();
  expect(rig.channel.calls).toHaveLength(0);
  await rig.after(HOUR);
  expect(rig.channel.calls).toHaveLength(1);
  await rig.kit.rules.setStatus(rig.ruleId, "paused");
  await expect(rig.send([person(0)], { requestId: "r2" })).rejects.toMatchObject({ code: "rule.paused" });
  await expect(rig.send([person(0)], { requestId: "r3", ruleId: 99 })).rejects.toMatchObject({
    code: "rule.not-found",
  });
});

test("a list of kind revisit says to each what is theirs, and is not sent behind its own end", async () => {
  const rig = await rigOf(true);
  const more = { kind: "revisit", dueAt: START + HOUR };
  const { occurrence } = await rig.send([person(0, "a"), person(1, "b")], { ...more, expiresAt: START + 2 * HOUR });
  expect([occurrence.kind, occurrence.expiresAt]).toEqual(["revisit", START + 2 * HOUR]);
  const late = await rig.send([person(2, "c")], { ...more, requestId: "r2", expiresAt: START + 1000 * HOUR });
  expect(late.occurrence.expiresAt).toBe(START + 25 * HOUR);
  // A list of the same id is another firing.
  expect((await rig.send([person(3, "d")])).occurrence.id).not.toBe(occurrence.id);
  await rig.after(HOUR);
  expect(rig.channel.calls.flatMap(({ batch }) => batch.recipients.map(({ content }) => content.text)).sort()).toEqual([
    "朋友：a",
    "朋友：b",
    "朋友：c",
    "朋友：d",
  ]);
  const { occurrence: gone } = await rig.send([person(0, "x")], { ...more, requestId: "r3", expiresAt: START });
  await rig.tick();
  await rig.after(HOUR);
  expect(await rig.people(gone.id)).toEqual(["expired: expired"]);
});
