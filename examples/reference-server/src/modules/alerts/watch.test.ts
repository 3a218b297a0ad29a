import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startEmailSimulator, startFeishuSimulator } from "@recallkit/channels/simulator";
import { virtualClock } from "@recallkit/core/testing";
import { createScheduler, defineJob } from "@recallkit/scheduler";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";
import { runDesks } from "../service-desk/jobs.js";
import { openServiceDesk } from "../service-desk/service.js";
import type { Alert } from "./alert.js";
import { tell } from "./tell.js";
import { watchOnce } from "./watch.js";

const SECRET = "a secret that both sides know, 32+";
const MINUTE = 60_000;

interface Told {
  readonly kind: string;
  readonly subject: string;
  readonly state: string;
}

/** Somebody who is told, and may be away. */
async function startReceiver() {
  const told: Told[] = [];
  let isAway = false;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    const timestamp = String(request.headers["recallkit-timestamp"]);
    const signature = createHmac("sha256", SECRET).update(`${timestamp}.${body}`).digest("hex");
    const isSigned = request.headers["recallkit-signature"] === `v1=${signature}`;
    response.statusCode = isAway || !isSigned ? 500 : 200;
    if (response.statusCode === 200) told.push(JSON.parse(body));
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    told,
    setAway: (value: boolean) => {
      isAway = value;
    },
    close: () => new Promise((done) => server.close(done)),
  };
}

let server: TestServer;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  receiver = await startReceiver();
  server = await startTestServer({}, { role: "api" });
  const target = { kind: "webhook", url: receiver.url, secret: SECRET };
  await server.post("/api/admin/config", { config: { alert_targets: [target] } });
  await server.context.hotConfig.refresh();
});
afterAll(async () => {
  await server.close();
  await receiver.close();
});

test("who is told is a secret that no answer shows", async () => {
  expect((await server.get("/api/admin/config")).json).toMatchObject({ config: { alert_targets: "******" } });
  expect((await server.get("/api/config/configs")).text).not.toContain(receiver.url);
});

test("a job that fails is told once, again after an hour, not while somebody looks after it, and when it is over", async () => {
  const clock = virtualClock(Date.parse("2026-03-01T00:00:00Z"));
  let isBroken = true;
  const job = defineJob({
    name: "report",
    schedule: { everyMs: 10 * MINUTE },
    async run() {
      if (isBroken) throw new Error("no");
      return undefined;
    },
  });
  const scheduler = createScheduler({ stores: server.context.stores, jobs: [job], clock });
  const desk = { ...server.context, clock, scheduler };
  /** Ten minutes with a run of the job and looks before and after it. */
  async function tenMinutes(): Promise<readonly string[]> {
    const before = receiver.told.length;
    await scheduler.tick();
    await clock.advance(10 * MINUTE);
    await scheduler.tick();
    await scheduler.settled();
    await watchOnce(desk);
    await watchOnce(desk);
    return receiver.told.slice(before).map(({ kind, subject, state }) => `${kind} ${subject} ${state}`);
  }
  expect(await tenMinutes()).toEqual(["job_error report open"]);
  for (let n = 0; n < 5; n++) expect(await tenMinutes()).toEqual([]);
  expect(await tenMinutes()).toEqual(["job_error report open"]);

  const { json } = await server.get("/api/ops/alerts?state=open");
  const { items } = json as { items: readonly { readonly id: number }[] };
  expect(items).toHaveLength(1);
  const acknowledged = await server.post(`/api/ops/alerts/${items[0]?.id}/acknowledge`);
  expect(acknowledged.json).toMatchObject({ state: "acknowledged", acknowledged_by: "user:1" });
  for (let n = 0; n < 7; n++) expect(await tenMinutes()).toEqual([]);

  isBroken = false;
  receiver.setAway(true);
  expect(await tenMinutes()).toEqual([]);
  receiver.setAway(false);
  expect(await tenMinutes()).toEqual(["job_error report recovered"]);
  expect(await tenMinutes()).toEqual([]);
  isBroken = true;
  expect(await tenMinutes()).toEqual(["job_error report open"]);
  expect((await server.get("/api/ops/alerts")).json).toMatchObject({
    items: [{ state: "open" }, { state: "recovered" }],
  });
  expect((await server.post(`/api/ops/alerts/${items[0]?.id}/acknowledge`)).status).toBe(404);
});

describe("an alert", () => {
  const alert: Alert = {
    ...{ id: 7, kind: "backlog", subject: "batches", detail: { above: 10 }, state: "open", openedAt: 0, seenAt: 0 },
    ...{ acknowledgedBy: null, recoveredAt: null, toldAt: null, isRecoveryTold: false },
  };
  const ports = () => ({ transport: server.context.transport, clock: server.context.clock });

  test("is told by a bot of WeCom", async () => {
    const simulator = await startWecomSimulator({ bots: ["bot-key"] });
    try {
      await tell({ kind: "wecom-bot", key: "bot-key", base_url: simulator.url }, alert, ports());
      expect(JSON.stringify(simulator.ledger.botMessages("bot-key"))).toContain("积压");
    } finally {
      await simulator.close();
    }
  });

  test("is told by a bot of Feishu, signed", async () => {
    const simulator = await startFeishuSimulator({ botSecret: "s" });
    try {
      await tell({ kind: "feishu-bot", url: simulator.botUrl, secret: "s" }, alert, ports());
      expect(JSON.stringify(simulator.ledger.messages)).toContain("积压");
    } finally {
      await simulator.close();
    }
  });

  test("is told by mail", async () => {
    const simulator = await startEmailSimulator();
    try {
      const login = { user: "simulator", password: "simulator-password" };
      const place = { host: "127.0.0.1", port: simulator.smtpPort, tls: "none", ...login } as const;
      const people = { from: "alerts@shop.example", to: ["ops@shop.example"] };
      await tell({ kind: "email", ...place, ...people }, alert, ports());
      expect(simulator.ledger.mails[0]?.subject).toContain("积压");
    } finally {
      await simulator.close();
    }
  });
});

test("tickets that nobody is free for are told after ten minutes of working time, and when somebody takes them", async () => {
  // Friday, 17:55 in Shanghai: the desk works for five minutes more.
  const clock = virtualClock(Date.parse("2026-03-06T09:55:00Z"));
  const { context } = server;
  const desk = { ...context, clock };
  const told = async () => {
    const before = receiver.told.length;
    await watchOnce(desk);
    return receiver.told.slice(before).filter(({ kind }) => kind === "nobody_free");
  };
  const service = await openServiceDesk(desk, 1);
  const facts = {
    customerId: null,
    kind: "other",
    subject: "坏了",
    body: "",
    source: "api",
    requestKey: "nobody",
  } as const;
  const opened = await service.openTicket({ kind: "admin" }, facts);
  expect(opened).toMatchObject({ ok: true, value: { assignee: null, position: 1 } });
  await clock.advance(60 * MINUTE);
  expect(await told()).toEqual([]);
  // Monday, 09:04 and 09:05.
  await clock.advance(Date.parse("2026-03-09T01:04:00Z") - clock.now());
  expect(await told()).toEqual([]);
  await clock.advance(MINUTE);
  expect(await told()).toMatchObject([{ subject: "tenant 1", state: "open" }]);
  expect(await told()).toEqual([]);
  await server.post("/api/desk/staff", { name: "张三", role: "staff", presence: "online", capacity: 5 });
  await runDesks(desk, new AbortController().signal);
  expect(await told()).toMatchObject([{ subject: "tenant 1", state: "recovered" }]);
});
