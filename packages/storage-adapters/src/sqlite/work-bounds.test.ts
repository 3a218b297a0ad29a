import { type CustomerInput, createRecallKit, silentLogger, systemClock } from "@recallkit/core";
import type { AudienceQuery, NewCustomer } from "@recallkit/core/ports";
import { recordingChannel } from "@recallkit/core/testing";
import { expect, onTestFinished, test } from "vitest";
import { sqliteStores } from "./sqlite-stores.js";
import { newFile } from "./test-support.js";

const everybody: AudienceQuery = { tenantId: 1, orders: { asOf: 9, statuses: ["paid"] }, labelGroups: [] };
const lapsed: AudienceQuery = {
  ...everybody,
  window: { from: 1, to: 5, recency: "last-order" },
  labelGroups: [{ customerLabelIds: [1], orderLabelIds: [2] }],
};

async function open() {
  const stores = await sqliteStores({ file: newFile(), migrate: true });
  onTestFinished(() => stores.close());
  const statements = async (call: () => Promise<unknown>) => {
    const before = stores.statementCount();
    await call();
    return stores.statementCount() - before;
  };
  return { stores, statements };
}

type Stores = Awaited<ReturnType<typeof open>>["stores"];

function customers(count: number): NewCustomer[] {
  return Array.from({ length: count }, (_, index) => ({
    tenantId: 1,
    externalKey: `c${index}`,
    name: null,
    bornOn: null,
    timeZone: null,
    identities: { external_userid: `wm_${index}` },
    rowHash: "",
    createdAt: 0,
    updatedAt: 0,
  }));
}

async function addOccurrence(stores: Stores) {
  const { occurrence } = await stores.occurrences.insert({
    tenantId: 1,
    ruleId: 1,
    ruleVersion: 1,
    kind: "manual",
    nominal: "now",
    timeZone: "Asia/Shanghai",
    customerIds: null,
    dueAt: 1,
    expiresAt: 2,
    salt: "",
    createdAt: 1,
    state: "planned",
    reason: null,
  });
  return occurrence;
}

function pageOf(occurrenceId: number, afterId: number, query = everybody) {
  return {
    tenantId: 1,
    occurrenceId,
    ruleId: 1,
    channel: "wecom",
    addressType: "external_userid",
    query,
    afterId,
    limit: 1000,
    at: 1,
  } as const;
}

test("each question about an audience is one statement", async () => {
  const { stores, statements } = await open();
  expect(await statements(() => stores.audience.count(lapsed))).toBe(1);
  expect(await statements(() => stores.audience.page(lapsed, 0, 1000))).toBe(1);
  expect(await statements(() => stores.audience.includes(lapsed, 1))).toBe(1);
});

test("conversion figures are two statements", async () => {
  const { stores, statements } = await open();
  const query = { tenantId: 1, asOf: 9, windowMs: 7, statuses: ["paid"] };
  expect(await statements(() => stores.conversions.figures(query))).toBe(2);
});

test("five hundred rows are one statement: 1 000 customers, 1 000 orders with lines and labels", async () => {
  const { stores, statements } = await open();
  let ids: readonly number[] = [];
  expect(await statements(async () => (ids = await stores.customers.insertMany(customers(1000))))).toBe(2 + 1 + 2);
  const orders = ids.map((customerId, index) => ({
    tenantId: 1,
    source: "shop",
    externalId: `o${index}`,
    customerId,
    orderedAt: index,
    amountMinor: 1,
    refundedMinor: 0,
    refundedAt: null,
    status: "paid",
    rowHash: "",
    lines: [{ sku: null, name: null, quantity: 1, amountMinor: 1 }],
    labelIds: [1, 2],
  }));
  expect(await statements(() => stores.orders.insertMany(orders))).toBe(2 + 1 + 2 + 4);
});

test("a claim is one statement when there is nothing to do", async () => {
  const { stores, statements } = await open();
  const lease = { owner: "w", now: 1, until: 2, limit: 10 };
  expect(await statements(() => stores.batches.claim("send", lease))).toBe(1);
  expect(await statements(() => stores.occurrences.claim(lease))).toBe(1);
  await addOccurrence(stores);
  expect(await statements(() => stores.occurrences.claim(lease))).toBe(2);
});

test("25 000 people become three batches, three statements per page of the snapshot", async () => {
  const { stores, statements } = await open();
  const rows = customers(25_000);
  for (let start = 0; start < rows.length; start += 1000)
    await stores.customers.insertMany(rows.slice(start, start + 1000));
  const { id: occurrenceId } = await addOccurrence(stores);

  let members = 0;
  let afterId = 0;
  for (let pages = 0; ; pages++) {
    const before = stores.statementCount();
    const page = await stores.deliveries.snapshot(pageOf(occurrenceId, afterId));
    expect(stores.statementCount() - before).toBe(3);
    if (page.members === 0) break;
    members += page.members;
    afterId = page.lastId;
    expect(pages).toBeLessThan(25);
  }
  expect(members).toBe(25_000);

  const key = { tenantId: 1, occurrenceId, channel: "wecom" };
  const addresses: string[] = [];
  for (const [number, size] of [10_000, 10_000, 5_000, 0].entries()) {
    const batch = {
      tenantId: 1,
      occurrenceId,
      ruleId: 1,
      channel: "wecom",
      number,
      marker: "",
      capability: "lookup",
      createdAt: 1,
      notBefore: 1,
      handsOn: null,
    } as const;
    const batchId = await stores.batches.insert(batch);
    expect(
      await statements(async () => expect(await stores.deliveries.fillBatch(key, batchId, 10_000, 2)).toBe(size)),
    ).toBe(1);
    addresses.push(...(await stores.deliveries.addresses(1, batchId)));
    const accept = () =>
      stores.deliveries.transition(
        1,
        { batchId, exceptAddresses: addresses.slice(0, 9_999) },
        "in_batch",
        "accepted",
        { acceptedAt: 3 },
        3,
      );
    expect(await statements(accept)).toBe(1);
  }
  expect(addresses).toEqual(rows.map(({ identities }) => identities.external_userid));
  expect(await stores.deliveries.countByState(1, { occurrenceId })).toEqual({ in_batch: 9_999, accepted: 15_001 });
});

test("a page that is taken again adds nothing and tells the same", async () => {
  const { stores } = await open();
  await stores.customers.insertMany(customers(300));
  const { id } = await addOccurrence(stores);
  const page = { ...pageOf(id, 0), limit: 200 };
  const first = await stores.deliveries.snapshot(page);
  expect(await stores.deliveries.snapshot(page)).toEqual(first);
  await stores.deliveries.snapshot({ ...page, afterId: first.lastId });
  expect(await stores.deliveries.snapshot(page)).toEqual(first);
  expect(await stores.deliveries.countByState(1, { occurrenceId: id })).toEqual({ queued: 300 });
});

test("attributes are two statements more in 500 rows, and none where rows give none", async () => {
  const { stores, statements } = await open();
  const kit = createRecallKit({ stores, logger: silentLogger });
  onTestFinished(() => kit.close());
  const rows = (given: Partial<CustomerInput> = {}) =>
    Array.from({ length: 500 }, (_, at) => ({ externalKey: `k${at}`, ...given }));
  const again = async (given?: Partial<CustomerInput>) => {
    await kit.customers.upsert(rows(given));
    return statements(() => kit.customers.upsert(rows(given)));
  };
  const without = await again();
  expect(await again({ attributes: { points: 1, level: "1" } })).toBe(without + 2);
  expect(await again()).toBe(without);
});

test("a page of a person's timeline costs as many statements whatever it shows", async () => {
  const { stores, statements } = await open();
  const channels = [recordingChannel({ name: "wecom", clock: systemClock })];
  const kit = createRecallKit({ stores, channels, logger: silentLogger, caps: "off" });
  await kit.customers.upsert([
    { externalKey: "few", externalUserId: "wm_1" },
    { externalKey: "many", externalUserId: "wm_2" },
  ]);
  const rule = await kit.rules.create({
    name: "r",
    segment: { customers: ["many"] },
    validFrom: "2020-01-01",
    validTo: "2100-12-31",
    content: { text: "hi" },
  });
  const push = async (requestId: string) => {
    await kit.occurrences.runNow(rule.id, { requestId });
    await kit.tick();
  };
  await push("1");
  const page = () => kit.people.timeline("many", { limit: 200 });
  const withOne = await statements(page);
  for (let n = 2; n <= 12; n += 1) await push(String(n));
  const orders = Array.from({ length: 50 }, (_, n) => ({
    externalId: `o${n}`,
    externalKey: "many",
    orderedAt: 1_700_000_000_000 + n,
    amount: 1,
  }));
  await kit.orders.ingest(orders);
  expect((await page()).items.filter(({ kind }) => kind === "push")).toHaveLength(12);
  expect(await statements(page)).toBe(withOne);
  expect(withOne).toBeLessThan(30);
  const cost = async (ask: () => Promise<unknown>) => statements(ask);
  const searched = await cost(() => kit.people.search({ query: "many" }));
  expect(searched).toBeLessThan(10);
  expect(await cost(() => kit.people.explain("many", rule.id))).toBeLessThan(60);
});

test("a hundred sends at once cost the statements of one, and a few commits", async () => {
  const commits: string[] = [];
  const onStatement = (text: string) => void (text === "COMMIT" && commits.push(text));
  const stores = await sqliteStores({ file: newFile(), migrate: true, onStatement });
  onTestFinished(() => stores.close());
  const channels = [recordingChannel({ name: "sms", clock: systemClock })];
  const kit = createRecallKit({ stores, channels, logger: silentLogger });
  onTestFinished(() => kit.close());
  const { id: templateId } = await kit.messages.templates.create({
    name: "shipped",
    channel: "sms",
    content: { text: "shipped {{order_no}}" },
    variables: { order_no: {} },
    messageClass: "transactional",
  });
  const send = (n: number) =>
    kit.messages.send({
      templateId,
      recipient: `138${String(n).padStart(8, "0")}`,
      variables: { order_no: `A${n}` },
    });
  const cost = async (work: () => Promise<unknown>) => {
    const before = stores.statementCount();
    commits.length = 0;
    await work();
    return { statements: stores.statementCount() - before, commits: commits.length };
  };
  await send(0);
  const one = await cost(() => send(1));
  const many = await cost(() => Promise.all(Array.from({ length: 100 }, (_, n) => send(100 + n))));
  // Among many a row is looked for before it is written; by itself it tells by the count whether it is new.
  expect(many.statements).toBeLessThanOrEqual(one.statements + 1);
  expect(many.commits).toBe(1);
});
