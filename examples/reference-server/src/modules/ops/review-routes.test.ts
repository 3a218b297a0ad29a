import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { describe, expect, onTestFinished, test } from "vitest";
import { PUSH } from "../../contract/shop.js";
import { runCommand } from "../../testing/command-line.js";
import { startTestServer, TEST_USERNAME } from "../../testing/test-server.js";

/** A server whose only batch is in a state that the engine can't leave by itself. */
async function withBatch(state: "needs_review" | "dead") {
  const simulator = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "s" }] });
  onTestFinished(() => simulator.close());
  const environment = { WECOM_CORP_ID: "ww1", WECOM_SECRET: "s", WECOM_BASE_URL: simulator.url };
  const server = await startTestServer(environment, { role: "api" });
  onTestFinished(() => server.close());
  const { kit, stores } = server.context;
  await kit.customers.upsert([{ externalKey: "c1", externalUserId: "wm_1" }]);
  await server.post("/wechatpush/create", PUSH);
  await kit.occurrences.runNow((await kit.rules.list()).items[0]?.id ?? 0);
  simulator.faults.push({ on: "add_msg_template", kind: "accept-then-reset" });
  await kit.tick();
  const [batch] = (await kit.batches.list()).items;
  const id = batch?.id ?? 0;
  expect(batch?.state).toBe("unknown");
  // What a used-up schedule, and three faults of ours, come to.
  await stores.sql.updateTable("rk_batches").set({ state }).where("id", "=", id).execute();
  const member = state === "dead" ? "in_batch" : "needs_review";
  await stores.sql.updateTable("rk_deliveries").set({ state: member }).where("batch_id", "=", id).execute();
  return { server, id };
}

describe("batches that wait for an operator", () => {
  test("a review is listed and decided once, with the audit telling by whom", async () => {
    const { server, id } = await withBatch("needs_review");
    expect((await server.get("/api/ops/reviews")).json).toMatchObject({ items: [{ id, state: "needs_review" }] });
    for (const body of [
      {},
      { decision: "maybe" },
      { decision: "accepted", force: true },
      { decision: "accepted", note: " " },
    ]) {
      expect((await server.post(`/api/ops/reviews/${id}`, body)).status).toBe(400);
    }
    const decided = await server.post(`/api/ops/reviews/${id}`, { decision: "accepted", note: "seen in WeCom's list" });
    expect([decided.status, decided.json]).toMatchObject([200, { id, state: "accepted", reason: "operator" }]);
    const again = await server.post(`/api/ops/reviews/${id}`, { decision: "rejected" });
    expect([again.status, again.json]).toMatchObject([409, { code: "review.closed" }]);
    expect((await server.post("/api/ops/reviews/999", { decision: "rejected" })).status).toBe(404);
    expect((await server.get("/api/ops/reviews")).json).toMatchObject({ items: [] });
    expect((await server.get("/api/ops/audit")).json).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({
          ...{ action: "POST /api/ops/reviews/:id", target: String(id), note: "seen in WeCom's list" },
          actor_name: TEST_USERNAME,
        }),
      ]),
    });
  });

  test("a dead letter is redriven once", async () => {
    const { server, id } = await withBatch("dead");
    expect((await server.get("/api/ops/dead-letters")).json).toMatchObject({ items: [{ id }] });
    const redriven = await server.post(`/api/ops/dead-letters/${id}/redrive`);
    expect([redriven.status, redriven.json]).toMatchObject([200, { state: "pending", reason: "redriven" }]);
    expect((await server.post(`/api/ops/dead-letters/${id}/redrive`)).status).toBe(409);
  });

  test("the command line does the same", async () => {
    const { server, id } = await withBatch("needs_review");
    const environment = { DATABASE_URL: `sqlite:${server.dataDir}/recallkit.db` };
    const run = (...argv: readonly string[]) => runCommand([...argv, "--json"], environment);
    expect((await run("reviews", "list")).answer).toMatchObject({
      batches: [{ id, state: "needs_review" }],
      more: false,
    });
    expect((await run("reviews", "decide", String(id), "--as", "perhaps")).code).toBe(2);
    expect((await run("reviews", "decide", String(id), "--as", "rejected")).answer).toMatchObject({
      state: "rejected",
    });
    const late = await run("reviews", "decide", String(id), "--as", "accepted");
    expect([late.code, late.stderr]).toEqual([1, expect.stringContaining("review.closed")]);
    expect((await run("dead-letters", "list")).answer).toMatchObject({ batches: [] });
    expect((await run("dead-letters", "redrive", String(id))).code).toBe(1);
  });
});
