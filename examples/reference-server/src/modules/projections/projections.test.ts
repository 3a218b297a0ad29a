import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, type RecallKit, systemClock } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { moduleMigrations, modules } from "../../app.js";
import { personDataOf } from "../../frame/server-module.js";
import { type Engine, engines } from "../../testing/engines.js";
import { startTestServer } from "../../testing/test-server.js";
import { putInstitution } from "../institutions/service.js";
import { restartTarget } from "./checkpoints.js";
import { ledgerAnalytics } from "./embedded/analytics.js";
import { relationRows } from "./embedded/relations.js";
import { similarRows } from "./embedded/similar.js";
import { projectAll } from "./job.js";
import { connectionsStatement, nebula, nebulaSchema, nebulaStatements, referralsStatement } from "./nebula/nebula.js";
import { cosine, gramVector } from "./ngrams.js";
import type { FactBatch, ProjectionTarget } from "./ports.js";
import { projectOnce } from "./projector.js";
import { qdrantDouble } from "./qdrant/double.js";
import { qdrant } from "./qdrant/qdrant.js";
import { projectionStatuses } from "./service.js";

async function ledger(engine: Engine) {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-projections-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const stores = await engine.open(folder);
  await stores.migrate(moduleMigrations);
  const kit = createRecallKit({ stores, personData: personDataOf(modules) });
  onTestFinished(() => kit.close());
  return { stores, kit, parts: { stores, clock: systemClock } };
}

const attributeTypes = { referrer_code: "text", vip_level: "text" } as const;

/** People who brought each other, and what they bought from whom. */
async function fill(kit: RecallKit<SqlStores>, tenantId = 1) {
  const own = kit.forTenant(tenantId);
  await own.customers.upsert(
    [
      { externalKey: "a", attributes: { vip_level: "金卡" } },
      { externalKey: "b", attributes: { referrer_code: "a", vip_level: "金卡" } },
      { externalKey: "c", attributes: { referrer_code: "b" } },
      { externalKey: "d", attributes: { referrer_code: "a" } },
    ],
    { attributeTypes },
  );
  await own.orders.ingest([order("o1", "a"), order("o2", "a"), order("o3", "b"), order("o4", "c", "光子嫩肤", "p2")]);
}

function order(externalId: string, externalKey: string, name = "水光针", key = "p1") {
  const thing = { key, name };
  const line = { sku: thing, name, category: thing, store: { key: "d1", name: "李医生" }, amountMinor: 100 };
  return { externalId, externalKey, orderedAt: "2026-01-15", lines: [line] };
}

const ALL = { from: 0, to: 4e12 };

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (_, engine) => {
  (engine.missing === undefined ? test : test.skip)("relations, likeness and figures follow the ledger", async () => {
    const { stores, kit, parts } = await ledger(engine);
    const { id: other } = await kit.tenants.create({ name: "B" });
    await fill(kit);
    await fill(kit, other);
    const [relations, similar] = [relationRows(stores), similarRows(stores)];
    for (const target of [relations, similar])
      expect(await projectOnce(parts, target, { pageSize: 3 })).toEqual({ facts: 16, error: null });
    expect(await relations.connections(1, "a")).toEqual({
      projects: [{ key: "p1", orders: 2 }],
      doctors: [{ key: "d1", orders: 2 }],
      referrer: undefined,
    });
    const brought = (await relations.referrals(1, "a", 3)).map((one) => `${one.customerKey}${one.depth}`);
    expect(brought).toEqual(["b1", "d1", "c2"]);
    expect((await relations.referrals(1, "a", 1)).length).toBe(2);
    const alike = await similar.similarTo(1, "a", 1);
    expect(alike.map((one) => one.customerKey)).toEqual(["b"]);
    expect(alike[0]?.similarity).toBeCloseTo(1, 2);
    expect(await ledgerAnalytics(stores).figures({ tenantIds: [1, other], ...ALL })).toEqual(
      [1, other].map((tenantId) => ({ tenantId, orders: 4, buyers: 3, amountMinor: 400, refundedMinor: 0 })),
    );
    expect(await ledgerAnalytics(stores).topItems({ tenantIds: [1], ...ALL }, 1)).toEqual([
      { tenantId: 1, code: "p1", quantity: 3, amountMinor: 300 },
    ]);

    // What changes, and nothing else.
    await kit.forTenant(1).orders.ingest([{ ...order("o2", "a"), lines: [], amountMinor: 100 }, order("o5", "d")]);
    expect(
      (await projectionStatuses(stores, { clickhouse: undefined, qdrant: undefined, nebula: undefined }))[0],
    ).toMatchObject({ target: "relations", state: "behind", lag: 1 });
    expect(await projectOnce(parts, relations)).toEqual({ facts: 2, error: null });
    expect((await relations.connections(1, "a")).projects).toEqual([{ key: "p1", orders: 1 }]);
    expect((await relations.connections(1, "d")).doctors).toEqual([{ key: "d1", orders: 1 }]);

    await kit.forTenant(1).customers.erase("b");
    await projectOnce(parts, relations);
    expect((await relations.referrals(1, "a", 3)).map((one) => one.customerKey)).toEqual(["d"]);
  });
});

const [engine] = engines;
if (!engine) throw new Error("there are engines");

/** A target that keeps what it is given, and can be away. */
function recorder(name = "recorder") {
  const orders = new Map<string, number>();
  const state = { isAway: false, cleared: 0, batches: 0 };
  const target: ProjectionTarget = {
    name,
    async prepare() {
      if (state.isAway) throw new Error("connect ECONNREFUSED 10.0.0.1");
    },
    async clear() {
      state.cleared += 1;
      orders.clear();
    },
    async apply(batch: FactBatch) {
      state.batches += 1;
      for (const one of batch.orders) orders.set(`${batch.tenantId}/${one.orderId}`, one.amountMinor);
    },
    ping: async () => "",
    async close() {},
  };
  return { target, orders, state };
}

test("a target that is away is told of by a code, and catches up when it is back", async () => {
  const { stores, kit, parts } = await ledger(engine);
  await fill(kit);
  const { target, orders, state } = recorder();
  state.isAway = true;
  expect(await projectOnce(parts, target)).toEqual({ facts: 0, error: "projection.unavailable" });
  await kit.forTenant(1).orders.ingest([order("o9", "a")]);
  state.isAway = false;
  expect(await projectOnce(parts, target)).toEqual({ facts: 9, error: null });
  expect(orders.size).toBe(5);
  expect(await projectOnce(parts, target)).toEqual({ facts: 0, error: null });
  expect(state.cleared).toBe(1);
  await restartTarget(stores, target.name, 0);
  expect(await projectOnce(parts, target)).toEqual({ facts: 9, error: null });
  expect([state.cleared, orders.size]).toEqual([2, 5]);
});

test("changes that were removed before they were read let the tenant be walked anew", async () => {
  const { stores, kit, parts } = await ledger(engine);
  await fill(kit);
  const { target, orders } = recorder();
  await projectOnce(parts, target);
  await kit.forTenant(1).orders.ingest([order("o7", "a")]);
  await kit.forTenant(1).orders.ingest([order("o8", "a")]);
  await stores.sql.deleteFrom("rk_changes").execute();
  orders.clear();
  expect(await projectOnce(parts, target)).toMatchObject({ error: null });
  expect(orders.size).toBe(6);
});

test("two processes at the same target: one goes on, and everything arrives", async () => {
  const { kit, parts } = await ledger(engine);
  await kit.forTenant(1).orders.ingest(Array.from({ length: 60 }, (_, n) => order(`o${n}`, `c${n % 9}`)));
  const { target, orders } = recorder();
  await target.clear();
  await projectOnce(parts, target, { pageSize: 1 }).catch(() => {});
  const results = await Promise.all([1, 2].map(() => projectOnce(parts, target, { pageSize: 5 })));
  expect(results.some(({ error }) => error === null)).toBe(true);
  expect(orders.size).toBe(60);
});

test("texts are as alike as the characters that they share", () => {
  const of = (a: string, b: string) => cosine(gramVector(a), gramVector(b));
  expect(of("敏感肌 抗衰老", "敏感肌 抗衰老")).toBeCloseTo(1);
  expect(of("敏感肌 抗衰老", "抗衰老 水光针")).toBeGreaterThan(of("敏感肌 抗衰老", "植发"));
  expect(of("", "敏感肌")).toBe(0);
});

test("Qdrant has the likeness of the embedded rows, by tenant, and no text but codes", async () => {
  const { stores, kit, parts } = await ledger(engine);
  const { id: other } = await kit.tenants.create({ name: "B" });
  await fill(kit);
  await fill(kit, other);
  const { transport, state, pointsOf } = qdrantDouble();
  const target = qdrant({ host: "127.0.0.1", port: 6333, transport, stores });
  const similar = similarRows(stores);
  state.isAway = true;
  expect(await projectOnce(parts, target)).toMatchObject({ error: "projection.unavailable" });
  state.isAway = false;
  for (const one of [target, similar]) expect(await projectOnce(parts, one)).toMatchObject({ error: null });
  const rounded = (rows: readonly { readonly customerKey: string; readonly similarity: number }[]) =>
    rows.map((row) => [row.customerKey, row.similarity.toFixed(2)]);
  expect(rounded(await target.similarTo(1, "a", 5))).toEqual(rounded(await similar.similarTo(1, "a", 5)));
  expect(await target.similarTo(1, "nobody", 5)).toEqual([]);
  expect(pointsOf("recallkit_customers").length).toBe(8);
  expect(JSON.stringify(pointsOf("recallkit_customers"))).not.toContain("水光针");
  expect(await target.ping()).toBe("1");
  await restartTarget(stores, "qdrant", 0);
  expect(await projectOnce(parts, target)).toMatchObject({ facts: 16, error: null });
});

test("NebulaGraph is told in statements that no value ends", async () => {
  const hostile = 'x"); DROP SPACE revisit; --\\';
  const batch: FactBatch = {
    tenantId: 7,
    revision: 1,
    people: [
      {
        tenantId: 7,
        customerId: 1,
        customerKey: "a",
        vipLevel: "",
        gender: "",
        referrerKey: hostile,
        tags: [],
        createdAt: 0,
      },
    ],
    orders: [],
    gonePeople: [],
    goneOrders: [],
  };
  const escaped = 'x\\"); DROP SPACE revisit; --\\\\';
  expect(nebulaStatements("revisit", batch)).toEqual([
    "USE `revisit`",
    `INSERT VERTEX node(tenant_id, kind, code) VALUES "7:person:a":(7, "person", "a"), "7:person:${escaped}":(7, "person", "${escaped}")`,
    `INSERT EDGE referred_by(via) VALUES "7:person:a"->"7:person:${escaped}"@1:("person:1")`,
  ]);
  expect(nebulaSchema("revisit")[0]).toBe("CREATE SPACE IF NOT EXISTS `revisit` (vid_type = FIXED_STRING(300))");
  expect(referralsStatement(7, "a", 99)).toContain("referred_by*1..10");
  expect(connectionsStatement(7, hostile)).toContain(escaped);
  const told: string[] = [];
  const rows = [
    { relation: "bought", code: "p1", times: 2 },
    { relation: "referred_by", code: "z", times: 1 },
  ];
  const session = {
    async execute(statement: string) {
      told.push(statement);
      return statement.includes("type(e)") ? rows : [];
    },
    async close() {},
  };
  const graph = nebula({ space: "revisit", connect: async () => session });
  await graph.prepare();
  await graph.apply(batch);
  expect(told.length).toBe(nebulaSchema("revisit").length + 3);
  expect(await graph.connections(7, "a")).toEqual({ projects: [{ key: "p1", orders: 2 }], doctors: [], referrer: "z" });
});

test("the server keeps its projections up, shows the lag, replays, and answers while a store is away", async () => {
  const server = await startTestServer({ QDRANT_HOST: "127.0.0.1", QDRANT_PORT: "1" });
  onTestFinished(() => server.close());
  await fill(server.context.kit);
  const items = async () => (await server.get("/api/ops/projections")).json;
  expect(await items()).toMatchObject({
    items: [{ target: "qdrant" }, { target: "relations" }, { target: "similar" }],
  });
  const { signal } = new AbortController();
  await projectAll(server.context, signal);
  expect(await items()).toMatchObject({
    items: [
      { target: "qdrant", state: "failing", failures: 1, last_error: "projection.unavailable" },
      { target: "relations", state: "current", lag: 0, failures: 0 },
      { target: "similar", state: "current", lag: 0 },
    ],
  });
  const facts = { type: "", address: "", phone: "", email: "", status: "active", rowHash: null } as const;
  await putInstitution(server.context.stores, { ...facts, tenantId: 1, code: "BJ-HA-001", name: "A" }, 0);
  expect((await server.get("/api/v1/relations/BJ-HA-001/a")).json).toMatchObject({
    projects: [{ key: "p1", orders: 2 }],
    referrer: null,
    referrals: [{ customer_code: "b", depth: 1 }, {}, { customer_code: "c", depth: 2 }],
    similar: [{ customer_code: "b", similarity: 1 }, {}],
  });
  expect((await server.get("/api/v1/relations/SH-ML-002/a")).status).toBe(404);
  expect((await server.post("/api/ops/projections/similar/replay")).json).toMatchObject({ state: "new" });
  expect((await server.post("/api/ops/projections/nothing/replay")).status).toBe(404);
});
