// People claim coupons, one for ten of them, at two servers at once, one of which is killed again and again.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { moduleMigrations } from "../app.js";
import { parseDatabaseUrl } from "../config/database-url.js";
import { openStoresAt } from "../open-stores.js";
import { engines } from "../testing/engines.js";
import { type ServerProcess, startServerProcess } from "./sending-shop.js";

const KILLS = Number(process.env.KILLS ?? 2);
const PEOPLE = Number(process.env.CLAIMS ?? 300);
const COUPONS = PEOPLE / 10;
const IN_FLIGHT = 64;
const SECRET = "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8";
const DAY_MS = 86_400_000;

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (_, engine) => {
  const run = engine.missing === undefined ? test : test.skip;

  run(
    `${PEOPLE} claims of ${COUPONS} coupons at two servers with ${KILLS} kills: exactly ${COUPONS}, one each, repeats alike`,
    { timeout: 120_000 + KILLS * 10_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "recallkit-claims-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const url = await engine.newUrl(folder);
      const { kit, coupon, tokens } = await openCoupon(url);
      const start = () =>
        startServerProcess(
          {
            PORT: "0",
            DATA_DIR: folder,
            DATABASE_URL: url,
            SAMPLE_DATA: "off",
            RATE_LIMITS: "off",
            SECRET_KEY: SECRET,
            PUBLIC_URL: "https://shop.example.com",
          },
          ["--role", "api"],
        );
      const servers: [ServerProcess, ServerProcess] = [await start(), await start()];
      let answered = 0;
      let kills = 0;
      let restart = Promise.resolve();

      /** A server is killed in the middle of claims, and another one takes its place. */
      const disturb = () => {
        if (kills >= KILLS || answered < ((kills + 1) * PEOPLE) / (KILLS + 1)) return;
        kills += 1;
        restart = restart.then(async () => {
          await servers[0].kill();
          servers[0] = await start();
        });
      };
      /** Claims until somebody answers: who got no answer asks again, as people do. */
      const claim = async (token: string, at: number) => {
        for (let turn = at; ; turn++) {
          const answer = await post(servers[turn % 2 === 0 ? 0 : 1].url, token).catch(() => undefined);
          if (!answer || answer.status === 503) continue;
          answered += 1;
          disturb();
          return answer;
        }
      };
      const everybody = async () => {
        const answers: Awaited<ReturnType<typeof claim>>[] = [];
        const waiting = [...tokens.entries()];
        const person = async () => {
          for (let next = waiting.shift(); next; next = waiting.shift())
            answers[next[0]] = await claim(next[1], next[0]);
        };
        await Promise.all(Array.from({ length: IN_FLIGHT }, person));
        return answers;
      };

      const first = await everybody();
      await restart;
      const codes = first.flatMap(({ status, code }) => (status === 200 ? [code] : []));
      expect([codes.length, new Set(codes).size]).toEqual([COUPONS, COUPONS]);
      expect(first.filter(({ status }) => status === 409)).toHaveLength(PEOPLE - COUPONS);
      expect(await everybody()).toEqual(first);
      expect(kills).toBe(KILLS);
      expect(await kit.coupons.report(coupon)).toMatchObject({ issued: COUPONS, claimed: COUPONS, stockLeft: 0 });
    },
  );
});

async function openCoupon(url: string) {
  const setting = parseDatabaseUrl(url);
  if (typeof setting === "string") throw new Error(setting);
  const stores = await openStoresAt(setting, { sets: moduleMigrations });
  onTestFinished(() => stores.close());
  await stores.migrate();
  const links = { publicUrl: "https://shop.example.com" };
  const kit = createRecallKit({ stores, logger: silentLogger, secretKey: SECRET, links });
  const keys = Array.from({ length: PEOPLE }, (_, n) => `c${n}`);
  await kit.customers.upsert(keys.map((externalKey) => ({ externalKey })));
  const { id: coupon } = await kit.coupons.create({
    name: "券",
    stock: COUPONS,
    validFrom: new Date(Date.now() - DAY_MS),
    validTo: new Date(Date.now() + DAY_MS),
  });
  const tokens: string[] = [];
  for (const externalKey of keys) {
    tokens.push((await kit.links.issue({ externalKey, channel: "sms", couponId: coupon })).token);
  }
  return { kit, coupon, tokens };
}

async function post(url: string, token: string) {
  const response = await fetch(`${url}/coupon/get`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  const { code = null } = (await response.json()) as { readonly code?: string };
  return { status: response.status, code };
}
