// Messages of templates: how fast they are accepted, and how fast a queue of them drains to a channel that answers at once and
// to an HTTP provider on loopback, on SQLite (synchronous=FULL), on PostgreSQL where BENCH_POSTGRES_URL names an empty one, and
// on both it and RabbitMQ with BENCH_RABBITMQ_URL; how long a message takes from its send to its call at 1 000 a second; and what
// `POST /api/messages/send` takes. Beside them, the queues of message-peers.mjs, by the same addresses and BENCH_REDIS_URL.
// BENCH_MESSAGES=sqlite,http,peers measures only some: sqlite, postgres, rabbitmq, http, peers.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../scripts/workspace.mjs";
import { measurePeers } from "./message-peers.mjs";
import { measureSends } from "./messages/over-http.mjs";

const SENDS = 2_000;
const QUEUED = 20_000;
const OVER_HTTP = 10_000;
/** Sends a second, and seconds of it, that latency is measured at. */
const [PACE, PACED_SECONDS] = [1_000, 5];
const CHOSEN = process.env.BENCH_MESSAGES?.split(",");
const isChosen = (/** @type {string} */ name) => CHOSEN === undefined || CHOSEN.includes(name);
/** Of the channels, which bring it along. */
const undici = () => createRequire(`${root}/packages/channels/package.json`)("undici");

export async function measure() {
  /** @type {Record<string, number>} */
  const figures = {};
  const { BENCH_POSTGRES_URL: onPostgres, BENCH_RABBITMQ_URL: onRabbitmq } = process.env;
  /** @type {[string, () => Promise<any>][]} */
  const engines = [
    ...(isChosen("sqlite") ? [/** @type {[string, any]} */ (["SQLite", sqlite])] : []),
    ...(onPostgres && isChosen("postgres") ? [/** @type {[string, any]} */ (["PostgreSQL", postgres])] : []),
    ...(onPostgres && onRabbitmq && isChosen("rabbitmq")
      ? [/** @type {[string, any]} */ (["PostgreSQL + RabbitMQ", postgresAndRabbitmq])]
      : []),
  ];
  const provider = await listen();
  for (const [engine, open] of engines) {
    Object.assign(figures, await accept(engine, open), await latency(engine, open));
    for (const inFlight of [100, 500]) {
      const atOnce = await drain(open, inFlight, QUEUED, () => noop());
      figures[`${engine}: messages/s drained to a channel that answers at once, ${inFlight} in flight`] = atOnce;
      const http = await drain(open, inFlight, OVER_HTTP, () => overHttp(provider.url, inFlight));
      figures[`${engine}: messages/s drained to HTTP on loopback, ${inFlight} in flight`] = http;
    }
  }
  for (const inFlight of [100, 500]) {
    figures[`bare undici: requests/s to the same provider, ${inFlight} in flight`] = await bare(provider.url, inFlight);
  }
  provider.close();
  if (isChosen("http")) Object.assign(figures, await measureSends());
  if (isChosen("peers")) Object.assign(figures, await measurePeers(QUEUED));
  return figures;
}

/** @param {string} engine @param {() => Promise<any>} open */
async function accept(engine, open) {
  const { kit, templateId, close } = await made(open, [noop().channel], 100);
  const message = (/** @type {number} */ n) => ({
    templateId,
    recipient: `138${String(n).padStart(8, "0")}`,
    variables: { order_no: `A${n}` },
  });
  /** @type {number[]} */
  const times = [];
  for (let n = 0; n < SENDS; n++) {
    const at = performance.now();
    await kit.messages.send(message(n));
    times.push(performance.now() - at);
  }
  times.sort((a, b) => a - b);
  const rank = (/** @type {number} */ share) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 100) / 100;
  const recipients = Array.from({ length: 10_000 }, (_, n) => message(100_000 + n).recipient);
  const at = performance.now();
  await kit.messages.sendBatch({ templateId, recipients, variables: { order_no: "B" } });
  const batchMs = performance.now() - at;
  await close();
  return {
    [`${engine}: send, one after the other, messages/s`]: Math.round(
      (SENDS / times.reduce((sum, one) => sum + one, 0)) * 1000,
    ),
    [`${engine}: send, p50 in ms`]: rank(0.5),
    [`${engine}: send, p99 in ms`]: rank(0.99),
    [`${engine}: sendBatch of 10 000, ms`]: Math.round(batchMs),
  };
}

/** From the call of `send` to the call of the channel, while so many are sent a second. @param {string} engine @param {() => Promise<any>} open */
async function latency(engine, open) {
  /** @type {number[]} */
  const handledAt = [];
  const { channel, whenSent } = counted(async ({ content }) => {
    handledAt[Number(/A(\d+)/.exec(content.text)?.[1])] = performance.now();
  });
  const { kit, templateId, close } = await made(open, [channel], 100);
  const stop = new AbortController();
  const running = kit.run({ signal: stop.signal });
  const count = PACE * PACED_SECONDS;
  /** @type {number[]} */
  const sentAt = [];
  /** @type {Promise<unknown>[]} */
  const sends = [];
  const start = performance.now();
  while (sends.length < count) {
    const due = Math.min(count, Math.ceil(((performance.now() - start) / 1000) * PACE));
    for (let n = sends.length; n < due; n++) {
      sentAt[n] = performance.now();
      const recipient = `138${String(n).padStart(8, "0")}`;
      sends.push(kit.messages.send({ templateId, recipient, variables: { order_no: `A${n}` } }));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(sends);
  await whenSent(count);
  stop.abort();
  await running;
  await close();
  const times = sentAt.map((at, n) => (handledAt[n] ?? Number.NaN) - at).sort((a, b) => a - b);
  const rank = (/** @type {number} */ share) => Math.round((times[Math.floor(count * share)] ?? 0) * 10) / 10;
  return {
    [`${engine}: send to call at ${PACE}/s, p50 in ms`]: rank(0.5),
    [`${engine}: send to call at ${PACE}/s, p99 in ms`]: rank(0.99),
  };
}

/** @param {() => Promise<any>} open @param {number} inFlight @param {number} count @param {() => any} provider */
async function drain(open, inFlight, count, provider) {
  const { channel, whenSent, end } = provider();
  const { kit, templateId, close } = await made(open, [channel], inFlight);
  for (let from = 0; from < count; from += 10_000) {
    const recipients = Array.from({ length: 10_000 }, (_, n) => `138${String(from + n).padStart(8, "0")}`);
    await kit.messages.sendBatch({ templateId, recipients, variables: { order_no: "B" } });
  }
  const stop = new AbortController();
  const at = performance.now();
  const running = kit.run({ signal: stop.signal });
  await whenSent(count);
  while ((await kit.messages.statistics()).open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const ms = performance.now() - at;
  stop.abort();
  await running;
  await close();
  await end?.();
  return Math.round((count / ms) * 1000);
}

/** @param {() => Promise<any>} open @param {any[]} channels @param {number} messagesInFlight */
async function made(open, channels, messagesInFlight) {
  /** @type {typeof import("@recallkit/core")} */
  const { createRecallKit, silentLogger } = await import(at("packages/core/dist/index.js"));
  const { stores, remove, queue } = await open();
  const kit = createRecallKit({ stores, channels, messagesInFlight, logger: silentLogger, ...(queue && { queue }) });
  const { id: templateId } = await kit.messages.templates.create({
    name: "shipped",
    channel: "sms",
    content: { text: "您的订单 {{order_no}} 已发货" },
    variables: { order_no: {} },
    messageClass: "transactional",
  });
  const close = async () => {
    await kit.close();
    await queue?.close();
    await remove();
  };
  return { kit, templateId, close };
}

const facts = {
  name: "sms",
  specVersion: 1,
  personal: true,
  addressType: "mobile",
  maxBatchSize: 1,
  capability: () => "keyed",
};

/** @param {(recipient: any) => Promise<void>} perform */
function counted(perform) {
  let sent = 0;
  let [wanted, tell] = [Number.POSITIVE_INFINITY, () => {}];
  const channel = {
    ...facts,
    send: async (/** @type {any} */ { recipients }) => {
      await perform(recipients[0]);
      sent += 1;
      if (sent >= wanted) tell();
      return [{ kind: "accepted", providerMessageId: `m${sent}` }];
    },
  };
  const whenSent = (/** @type {number} */ count) =>
    new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      [wanted, tell] = [count, resolve];
      if (sent >= count) resolve();
    });
  return { channel, whenSent };
}

const noop = () => ({ ...counted(async () => {}), end: undefined });

/** @param {string} url @param {number} inFlight */
function overHttp(url, inFlight) {
  const { Pool } = undici();
  const pool = new Pool(url, { connections: inFlight, pipelining: 1 });
  const perform = async (/** @type {any} */ { address, content }) => {
    const body = JSON.stringify({ to: address, text: content.text });
    const answer = await pool.request({ path: "/", method: "POST", body });
    await answer.body.text();
  };
  return { ...counted(perform), end: () => pool.close() };
}

/** @param {string} url @param {number} inFlight */
async function bare(url, inFlight) {
  const { Pool } = undici();
  const pool = new Pool(url, { connections: inFlight, pipelining: 1 });
  const body = JSON.stringify({ to: "+8613800000000", text: "您的订单 B 已发货" });
  let left = OVER_HTTP;
  const started = performance.now();
  const one = async () => {
    while (left-- > 0) await (await pool.request({ path: "/", method: "POST", body })).body.text();
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  const ms = performance.now() - started;
  await pool.close();
  return Math.round((OVER_HTTP / ms) * 1000);
}

async function listen() {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.end('{"code":0}'));
  });
  await new Promise((/** @type {(value?: unknown) => void} */ resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function sqlite() {
  /** @type {typeof import("@recallkit/storage-adapters/sqlite")} */
  const { sqliteStores } = await import(at("packages/storage-adapters/dist/sqlite/index.js"));
  const folder = mkdtempSync(join(tmpdir(), "recallkit-bench-"));
  const stores = await sqliteStores({ file: join(folder, "bench.db"), migrate: true });
  return { stores, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

let schema = 0;

async function postgres() {
  /** @type {typeof import("@recallkit/storage-adapters/postgres")} */
  const { postgresStores } = await import(at("packages/storage-adapters/dist/postgres/index.js"));
  const { Pool } = createRequire(`${root}/examples/reference-server/package.json`)("pg");
  const pool = new Pool({ connectionString: process.env.BENCH_POSTGRES_URL });
  const name = `bench_${Date.now()}_${schema++}`;
  await pool.query(`create schema ${name}`);
  const stores = await postgresStores({ pool, schema: name, migrate: true });
  const remove = () => pool.query(`drop schema ${name} cascade`).then(() => pool.end());
  return { stores, remove };
}

async function postgresAndRabbitmq() {
  /** @type {typeof import("@recallkit/queue/rabbitmq")} */
  const { openRabbitmqQueue } = await import(at("packages/queue/dist/rabbitmq/index.js"));
  const url = process.env.BENCH_RABBITMQ_URL ?? "";
  const prefix = `bench-${Date.now()}-${schema}`;
  const queue = await openRabbitmqQueue({ url, prefix });
  const { stores, remove } = await postgres();
  return { stores, queue, remove: () => Promise.all([remove(), removeQueues(url, prefix)]) };
}

/** @param {string} url @param {string} prefix */
async function removeQueues(url, prefix) {
  const { Connection } = createRequire(`${root}/packages/queue/package.json`)("rabbitmq-client");
  const connection = new Connection({ url });
  for (const name of ["urgent", "high", "normal", "low", "dead"])
    await connection.queueDelete({ queue: `${prefix}.${name}` });
  await connection.exchangeDelete({ exchange: `${prefix}.dead` });
  await connection.close();
}

/** @param {string} path */
function at(path) {
  return pathToFileURL(join(root, path)).href;
}
