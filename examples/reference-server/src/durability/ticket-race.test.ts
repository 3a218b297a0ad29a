// Fifty tickets over two processes at once, each asked for twice: one ticket each, to one person each.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { engines } from "../testing/engines.js";
import { startServerProcess } from "./sending-shop.js";

const TICKETS = 50;
const PEOPLE = 8;
const CAPACITY = 6;

describe.each(engines)("two processes on $name", ({ missing, newUrl }) => {
  test.skipIf(missing)(
    "give fifty tickets at once to one person each, and to nobody more than they can take",
    { timeout: 120_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "recallkit-tickets-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const environment = {
        ...{ PORT: "0", DATA_DIR: folder, DATABASE_URL: await newUrl(folder), RATE_LIMITS: "off" },
        ...{ SAMPLE_DATA: "off", SIMULATORS: "off", SECRET_KEY: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8" },
        ...{ BOOTSTRAP_USERNAME: "desk", BOOTSTRAP_PASSWORD: "correct horse 7" },
      };
      const servers = [
        await startServerProcess(environment, ["--role", "api"]),
        await startServerProcess(environment, ["--role", "api"]),
      ] as const;
      /** Asks until the database is not busy. */
      const call = async (server: number, method: string, path: string, body?: unknown, token = "") => {
        const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
        for (;;) {
          const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
          const answer = await fetch(`${servers[server % 2]?.url}${path}`, init);
          const text = await answer.text();
          if (answer.status === 503) continue;
          expect([path, answer.status < 300, text]).toEqual([path, true, text]);
          return JSON.parse(text) as Record<string, unknown> & { items: Record<string, unknown>[] };
        }
      };
      const { token } = await call(0, "POST", "/login", { username: "desk", password: "correct horse 7" });
      const as = String(token);
      const day = [{ from: "00:00", to: "24:00" }];
      const hours = Object.fromEntries(["1", "2", "3", "4", "5", "6", "7"].map((weekday) => [weekday, day]));
      await call(0, "PUT", "/api/desk/settings", { hours }, as);
      for (let at = 0; at < PEOPLE; at += 1) {
        const person = { name: `员工${at}`, role: "staff", presence: "online", capacity: CAPACITY };
        await call(at, "POST", "/api/desk/staff", person, as);
      }

      const asked = Array.from({ length: 2 * TICKETS }, (_, at) => Math.floor(at / 2));
      const opened = await Promise.all(
        asked.map((number, at) =>
          call(at, "POST", "/api/tickets", { kind: "other", subject: `第${number}件`, request_key: `k${number}` }, as),
        ),
      );
      const ids = opened.map(({ ticket }) => (ticket as { id: number }).id);
      expect(new Set(ids).size).toBe(TICKETS);
      const positions = opened.flatMap(({ position }) => (position === null ? [] : [Number(position)]));
      expect(new Set(positions).size).toBeGreaterThan(0);

      const { items } = await call(1, "GET", "/api/tickets?page_size=200", undefined, as);
      const given = items.filter(({ state }) => state === "assigned");
      expect([items.length, given.length]).toEqual([TICKETS, PEOPLE * CAPACITY]);
      const { items: people } = await call(0, "GET", "/api/desk/staff", undefined, as);
      for (const { id, load } of people) {
        expect([load, given.filter(({ assignee_id: who }) => who === id).length]).toEqual([CAPACITY, CAPACITY]);
      }
      // Never two owners, not even one after the other.
      for (const id of new Set(ids)) {
        const events = await call(id, "GET", `/api/tickets/${id}/events`, undefined, as);
        const times = events.items.filter(({ kind }) => kind === "assigned").length;
        expect([id, times]).toEqual([id, given.some((ticket) => ticket.id === id) ? 1 : 0]);
      }
    },
  );
});
