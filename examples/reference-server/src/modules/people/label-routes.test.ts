import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const DAY = 86_400_000;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const { kit, clock } = server.context;
  await kit.customers.upsert(["c1", "c2", "c3"].map((externalKey) => ({ externalKey })));
  const label = (externalKey: string) => ({ externalKey, kind: "city" as const, key: "上海" });
  await kit.labels.assign([label("c1"), label("c2")]);
  const order = (externalId: string, externalKey: string, status: string, brand: string) => {
    const lines = [{ brand, amountMinor: 100 }];
    return { externalId, externalKey, orderedAt: clock.now() - DAY, status, lines };
  };
  const given = [order("1", "c1", "paid", "蓝氏"), order("2", "c1", "paid", "蓝氏"), order("3", "c2", "paid", "蓝氏")];
  await kit.orders.ingest([...given, order("4", "c3", "cancelled", "蓝氏"), order("5", "c3", "paid", "渴望")]);
});
afterAll(() => server.close());

interface Page {
  readonly items: readonly { readonly key: string; readonly people: number }[];
  readonly next_cursor: string | null;
}

test.each([
  ["city", [["上海", 2]]],
  [
    "brand",
    [
      ["渴望", 1],
      ["蓝氏", 2],
    ],
  ],
  ["sku", []],
])("labels of the kind %s come with the people of their audience", async (kind, expected) => {
  const { items } = (await server.get(`/api/labels/counts?kind=${kind}`)).json as Page;
  const told = items.map(({ key, people }) => [key, people] as const);
  expect(new Map(told)).toEqual(new Map(expected as [string, number][]));
  for (const [key, people] of told) {
    const { json } = await server.post("/api/segments/preview", { segment: { labels: { [kind]: [key] } } });
    expect(json).toMatchObject({ count: people });
  }
});

test("a page leads to the next one; a kind that there is not is refused", async () => {
  const first = (await server.get("/api/labels/counts?kind=brand&limit=1")).json as Page;
  expect(first.items).toHaveLength(1);
  const cursor = encodeURIComponent(first.next_cursor ?? "");
  const second = (await server.get(`/api/labels/counts?kind=brand&limit=1&cursor=${cursor}`)).json as Page;
  expect(second.items.map(({ key }) => key)).not.toEqual(first.items.map(({ key }) => key));
  expect(second).toMatchObject({ items: [{}], next_cursor: null });
  expect((await server.get("/api/labels/counts?kind=nothing")).status).toBe(400);
});
