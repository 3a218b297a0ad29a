import { appendFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ServerContext } from "../../frame/context.js";
import { engines } from "../../testing/engines.js";
import { startTestServer } from "../../testing/test-server.js";
import { fileOf } from "./files.js";
import { runImport } from "./run-import.js";
import { getJob } from "./store.js";
import { takeTurn } from "./turn.js";

const PEOPLE = 90;
const ORDERS = 700;
const CHUNK = 200;

/** Orders of which every hundredth is wrong. */
const FILE = [
  "order_no,customer_key,ordered_at,amount,status,sku",
  ...Array.from({ length: ORDERS }, (_, at) => {
    const amount = at % 100 === 99 ? "x" : ((at % 90) + 1).toFixed(2);
    return `o${at},c${at % PEOPLE},2026-01-${String((at % 28) + 1).padStart(2, "0")} 10:00:00,${amount},paid,s${at % 7}`;
  }),
].join("\n");

/** The context of a process in which `after` is called once a chunk was committed, with how many have been. */
function watched(context: ServerContext, after: (chunks: number) => void): ServerContext {
  let chunks = 0;
  const stores = new Proxy(context.stores, {
    get(target, name) {
      if (name !== "transaction") return Reflect.get(target, name);
      return async (work: Parameters<typeof target.transaction>[0]) => {
        const answer = await target.transaction(work);
        if (typeof answer === "object" && answer !== null && "faults" in answer) after(++chunks);
        return answer;
      };
    },
  });
  return { ...context, stores };
}

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (_, engine) => {
  const run = engine.missing === undefined ? test : test.skip;

  async function open() {
    const folder = await mkdtemp(join(tmpdir(), "recallkit-imports-"));
    const url = await engine.newUrl(folder);
    // It takes files; what runs them is what is tested.
    const server = await startTestServer({ DATABASE_URL: url }, { role: "api" });
    onTestFinished(async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    });
    const { context, token } = server;
    const headers = { authorization: `Bearer ${token}`, "content-type": "text/csv" };
    const start = async (body = FILE) => {
      const { json } = await server.request("POST", "/api/imports", { body, headers });
      const { id } = json as { id: number };
      await server.post(`/api/imports/${id}/start`);
      return id;
    };
    const turnAt = (now: number) => takeTurn(context.stores, 1, { now, forMs: 1 });
    const job = (id: number) => getJob(context.stores, 1, id);
    return { context, server, start, turnAt, job };
  }

  const never = new AbortController().signal;

  run(
    "an import that was cut off goes on in the next process, with the figures of one that was not",
    { timeout: 60_000 },
    async () => {
      const { context, server, start, turnAt, job } = await open();
      const id = await start();
      for (let process = 1; process <= 2; process++) {
        const stop = new AbortController();
        const turn = await turnAt(process * 1e13);
        if (!turn) throw new Error("no turn");
        await runImport(
          watched(context, () => stop.abort()),
          await job(id),
          turn,
          stop.signal,
          CHUNK,
        );
        expect(await job(id)).toMatchObject({ state: "running", doneRows: process * CHUNK });
      }
      const last = await turnAt(3e13);
      if (!last) throw new Error("no turn");
      await runImport(context, await job(id), last, never, CHUNK);
      const done = await job(id);
      const amounts = Array.from({ length: ORDERS }, (_, at) => (at % 100 === 99 ? 0 : (at % 90) + 1));
      expect(done).toMatchObject({ state: "done", rejects: 7, doneRows: ORDERS - 7 });
      expect(done.result).toMatchObject({
        rows: ORDERS,
        inserted: ORDERS - 7,
        updated: 0,
        unchanged: 0,
        rejected_rows: 7,
        new_customers: PEOPLE,
        new_labels: 7,
        amount_minor: 100 * amounts.reduce((sum, amount) => sum + amount, 0),
      });
      const rejects = await server.get(`/api/imports/${id}/rejects`);
      expect(rejects.text.trim().split("\r\n")).toHaveLength(8);
    },
  );

  run("a file that changes while it is read ends the import in one sentence", { timeout: 60_000 }, async () => {
    const { context, server, start, turnAt, job } = await open();
    const rows = Array.from({ length: 1_000 }, (_, at) => `c${at},${"x".repeat(200)}`);
    const id = await start(["customer_key,name", ...rows].join("\n"));
    const turn = await turnAt(1e13);
    if (!turn) throw new Error("no turn");
    const change = () => appendFileSync(fileOf(context.config, changed), "late,somebody\n");
    const changed = await job(id);
    await runImport(watched(context, change), changed, turn, never, CHUNK);
    const { json } = await server.get(`/api/imports/${id}`);
    expect(json).toMatchObject({ state: "failed", error: { code: "import.file-changed" } });
    expect((json as { error: { message: string } }).error.message).toMatch(/^文件在读取过程中被改动/);
  });

  run("who lost the turn commits nothing more", { timeout: 60_000 }, async () => {
    const { context, start, turnAt, job } = await open();
    const id = await start();
    const slow = await turnAt(1e13);
    if (!slow) throw new Error("no turn");
    let fast: Awaited<ReturnType<typeof turnAt>>;
    const taking: Promise<void>[] = [];
    const overtaken = watched(context, () => {
      taking.push(
        turnAt(2e13).then((turn) => {
          fast = turn;
        }),
      );
    });
    const { stores } = overtaken;
    // The turn is taken before the next chunk begins.
    const waiting = new Proxy(stores, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (name !== "transaction") return value;
        return async (work: Parameters<typeof target.transaction>[0]) => {
          await Promise.all(taking);
          return target.transaction(work);
        };
      },
    });
    await runImport({ ...overtaken, stores: waiting }, await job(id), slow, never, CHUNK);
    expect(await job(id)).toMatchObject({ state: "running", doneRows: CHUNK });
    if (!fast) throw new Error("the turn was not taken over");
    await runImport(context, await job(id), fast, never, CHUNK);
    expect((await job(id)).result).toMatchObject({ inserted: ORDERS - 7, new_customers: PEOPLE });
  });

  run(
    "an import that is cancelled in the middle keeps whole chunks; started again it does the rest",
    { timeout: 60_000 },
    async () => {
      const { context, server, start, turnAt, job } = await open();
      const id = await start();
      const turn = await turnAt(1e13);
      if (!turn) throw new Error("no turn");
      const cancelling: Promise<unknown>[] = [];
      const cancelled = watched(context, (chunks) => {
        if (chunks === 1) cancelling.push(server.post(`/api/imports/${id}/cancel`));
      });
      await runImport(cancelled, await job(id), turn, never, CHUNK);
      await Promise.all(cancelling);
      const ended = await job(id);
      expect(ended.state).toBe("cancelled");
      expect(ended.doneRows % CHUNK).toBe(0);
      await server.post(`/api/imports/${id}/start`);
      const next = await turnAt(2e13);
      if (!next) throw new Error("no turn");
      await runImport(context, await job(id), next, never, CHUNK);
      expect((await job(id)).result).toMatchObject({ inserted: ORDERS - 7, new_customers: PEOPLE });
    },
  );
});
