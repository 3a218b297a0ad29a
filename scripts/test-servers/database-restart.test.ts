// A database server is restarted while the server is asked many things.
import { setTimeout as wait } from "node:timers/promises";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { describe, expect, onTestFinished, test } from "vitest";
import { PUSH } from "../../examples/reference-server/src/contract/shop.ts";
import { type Answer, startTestServer } from "../../examples/reference-server/src/testing/test-server.ts";
import { startMariadb } from "./mariadb.ts";
import { startPostgres } from "./postgres.ts";

const CLIENTS = 8;
const SERVERS = [
  ["PostgreSQL", startPostgres, (url: string) => url],
  ["MariaDB", startMariadb, (url: string) => `${url}mysql`],
] as const;

describe.each(SERVERS)("%s (needs a server)", (_, start, databaseOf) => {
  test.for(["orderly", "killed"] as const)(
    "restarted (%s) under load: 503 with Retry-After meanwhile, never 500, then it goes on by itself",
    { timeout: 90_000 },
    async (manner, { skip }) => {
      const database = await start();
      if (!database) return skip("the server is not installed");
      onTestFinished(() => database.stop());
      const simulator = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "s" }] });
      onTestFinished(() => simulator.close());
      const server = await startTestServer({
        DATABASE_URL: databaseOf(database.url),
        SECRET_KEY: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8",
        WECOM_CORP_ID: "ww1",
        WECOM_SECRET: "s",
        WECOM_BASE_URL: simulator.url,
      });
      onTestFinished(() => server.close());

      const answers: Answer[] = [];
      const created = { surely: 0, perhaps: 0 };
      const stop = new AbortController();
      let number = 0;
      const create = async (n: number) => {
        const answer = await server.post("/wechatpush/create", { ...PUSH, name: `规则 ${n}` });
        if (answer.status === 200) created.surely++;
        else created.perhaps++;
        return answer;
      };
      const questions = [
        create,
        () => server.post("/wechatpush/lists", { page: 1, pagesize: 10 }),
        () => server.get("/api/ops/occurrences"),
      ];
      const ask = async () => {
        while (!stop.signal.aborted) {
          const n = number++;
          const answer = await questions[n % questions.length]?.(n);
          if (answer) answers.push(answer);
        }
      };
      const statuses = (from = 0) => new Set(answers.slice(from).map(({ status }) => status));
      const clients = Array.from({ length: CLIENTS }, ask);
      onTestFinished(async () => {
        stop.abort();
        await Promise.allSettled(clients);
      });
      await expect.poll(() => answers.length, { timeout: 60_000 }).toBeGreaterThan(50);
      expect(statuses()).toEqual(new Set([200]));

      await database.restart(manner);
      const restarted = answers.length;
      await expect
        .poll(() => answers.slice(restarted).filter(({ status }) => status === 200).length, { timeout: 60_000 })
        .toBeGreaterThan(50);
      // Long enough for whoever was cut off to be back.
      await expect
        .poll(
          async () => {
            const from = answers.length;
            while (answers.length < from + 30) await wait(5);
            return [...statuses(from)];
          },
          { timeout: 60_000 },
        )
        .toEqual([200]);
      stop.abort();
      await Promise.all(clients);

      expect([...statuses()].filter((status) => status !== 200 && status !== 503)).toEqual([]);
      const refused = answers.filter(({ status }) => status === 503);
      expect(refused.length).toBeGreaterThan(0);
      for (const { headers, json } of refused) {
        expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
        expect(JSON.stringify(json)).not.toMatch(/127\.0\.0\.1|ECONN|at /);
      }
      expect((await server.get("/readyz")).status).toBe(200);
      // What was said to be made is there.
      const { total } = await server.context.kit.rules.page();
      expect(total).toBeGreaterThanOrEqual(created.surely);
      expect(total).toBeLessThanOrEqual(created.surely + created.perhaps);
      await server.context.kit.customers.upsert([{ externalKey: "c1", externalUserId: "wm_1" }]);
      const rule = (await server.context.kit.rules.list()).items[0];
      await server.post("/wechatpush/run", { id: rule?.id });
      await expect.poll(async () => (await server.context.kit.report(rule?.id)).accepted, { timeout: 60_000 }).toBe(1);
    },
  );
});
