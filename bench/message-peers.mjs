// Queues that backends use, drained of the same number of jobs by handlers that do nothing, with the settings that their own
// documentation advises for speed. None of them keeps a ledger of what was said to whom. Installed in a folder of their own.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PEERS = ["bullmq@6.7.0", "pg-boss@12.38.0", "graphile-worker@0.18.0", "ioredis@6.0.0", "rabbitmq-client@5.0.8"];
const CHUNK = 5_000;

/** A job as each of them is given it. */
const job = (/** @type {number} */ n) => ({ to: `138${String(n).padStart(8, "0")}`, order_no: `A${n}` });

/** @param {number} count @param {(jobs: ReturnType<typeof job>[]) => Promise<unknown>} add */
async function fill(count, add) {
  for (let from = 0; from < count; from += CHUNK) await add(Array.from({ length: CHUNK }, (_, n) => job(from + n)));
}

/** Counts to a number. @param {number} count */
function counter(count) {
  /** @type {(value?: unknown) => void} */
  let tell = () => {};
  const whenDone = new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
    tell = resolve;
  });
  let done = 0;
  const add = (n = 1) => {
    done += n;
    if (done >= count) tell();
  };
  return { whenDone, add };
}

/** @param {(name: string) => any} load @param {number} count @param {number} inFlight */
async function bullmq(load, count, inFlight) {
  const { Queue, Worker } = load("bullmq");
  const connection = { url: process.env.BENCH_REDIS_URL };
  const name = `bench-${Date.now()}`;
  const queue = new Queue(name, { connection });
  await fill(count, (jobs) =>
    queue.addBulk(jobs.map((data) => ({ name: "send", data, opts: { removeOnComplete: true } }))),
  );
  const { whenDone, add } = counter(count);
  const at = performance.now();
  const worker = new Worker(name, async () => {}, { connection, concurrency: inFlight });
  worker.on("completed", () => add());
  await whenDone;
  const ms = performance.now() - at;
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  return ms;
}

/** @param {(name: string) => any} load @param {number} count @param {number} inFlight */
async function pgBoss(load, count, inFlight) {
  const { PgBoss } = load("pg-boss");
  const boss = new PgBoss({ connectionString: process.env.BENCH_POSTGRES_URL, schema: `boss_${Date.now()}` });
  boss.on("error", () => {});
  await boss.start();
  await boss.createQueue("send");
  await fill(count, (jobs) =>
    boss.insert(
      "send",
      jobs.map((data) => ({ data })),
    ),
  );
  const { whenDone, add } = counter(count);
  const at = performance.now();
  const options = { batchSize: inFlight, pollingIntervalSeconds: 0.5 };
  for (let n = 0; n < 4; n++)
    await boss.work("send", options, async (/** @type {unknown[]} */ jobs) => void add(jobs.length));
  await whenDone;
  const ms = performance.now() - at;
  await boss.stop({ graceful: false });
  return ms;
}

/** @param {(name: string) => any} load @param {number} count @param {number} inFlight */
async function graphile(load, count, inFlight) {
  const { run, makeWorkerUtils, Logger } = load("graphile-worker");
  const logger = new Logger(() => () => {});
  const schema = `graphile_${Date.now()}`;
  const common = { connectionString: process.env.BENCH_POSTGRES_URL, schema, logger };
  const utils = await makeWorkerUtils(common);
  await utils.migrate();
  await fill(count, (jobs) => utils.addJobs(jobs.map((payload) => ({ identifier: "send", payload }))));
  const { whenDone, add } = counter(count);
  const at = performance.now();
  const runner = await run({
    ...common,
    noHandleSignals: true,
    taskList: { send: async () => void add() },
    preset: {
      worker: {
        concurrentJobs: inFlight,
        localQueue: { size: 500 },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  });
  await whenDone;
  const ms = performance.now() - at;
  await runner.stop();
  await utils.release();
  return ms;
}

/** @param {(name: string) => any} load @param {number} count @param {number} inFlight */
async function rabbitmq(load, count, inFlight) {
  const { Connection } = load("rabbitmq-client");
  const connection = new Connection({ url: process.env.BENCH_RABBITMQ_URL, noDelay: true });
  // Without a word a wrong address would look like a slow queue.
  connection.on("error", (/** @type {Error} */ error) => process.stderr.write(`RabbitMQ: ${error.message}\n`));
  const queue = `bench-${Date.now()}`;
  const queueOptions = { durable: true, arguments: { "x-queue-type": "quorum" } };
  await connection.queueDeclare({ queue, ...queueOptions });
  const publisher = connection.createPublisher({ confirm: true });
  await fill(count, async (jobs) => {
    // Confirms are waited for a few hundred at a time.
    for (let at = 0; at < jobs.length; at += 250)
      await Promise.all(
        jobs.slice(at, at + 250).map((body) => publisher.send({ routingKey: queue, durable: true }, body)),
      );
  });
  const { whenDone, add } = counter(count);
  const at = performance.now();
  const consumer = connection.createConsumer(
    { queue, queueOptions, qos: { prefetchCount: inFlight }, concurrency: inFlight },
    async () => void add(),
  );
  await whenDone;
  const ms = performance.now() - at;
  await consumer.close();
  await connection.queueDelete({ queue });
  // A connection with an open publisher never closes.
  await publisher.close();
  await connection.close();
  return ms;
}

const LONGEST_MS = 120_000;
/** @param {number} ms @returns {Promise<undefined>} */
const within = (ms) =>
  new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref();
  });

/** @type {[string, string | undefined, typeof bullmq][]} */
const all = [
  ["BullMQ on Redis", process.env.BENCH_REDIS_URL, bullmq],
  ["pg-boss on PostgreSQL", process.env.BENCH_POSTGRES_URL, pgBoss],
  ["graphile-worker on PostgreSQL", process.env.BENCH_POSTGRES_URL, graphile],
  ["RabbitMQ, quorum queue", process.env.BENCH_RABBITMQ_URL, rabbitmq],
];

/** Jobs/s of each whose server is named in the environment. @param {number} count a multiple of 5 000 */
export async function measurePeers(count) {
  /** @type {Record<string, number>} */
  const figures = {};
  const present = all.filter(([, url]) => url);
  if (present.length === 0) return figures;
  const folder = mkdtempSync(join(tmpdir(), "recallkit-peers-"));
  try {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name)));
    const npm = (/** @type {string[]} */ ...args) => execFileSync("npm", args, { cwd: folder, env });
    npm("init", "-y");
    npm("install", "--no-audit", "--no-fund", ...PEERS);
    const load = createRequire(join(folder, "package.json"));
    for (const [name, , drain] of present) {
      for (const inFlight of [100, 500]) {
        process.stderr.write(`${name}, ${inFlight} in flight …\n`);
        // One that does not end says nothing, and keeps nobody waiting.
        const ms = await Promise.race([drain(load, count, inFlight), within(LONGEST_MS)]);
        if (ms !== undefined)
          figures[`${name}: jobs/s drained, ${inFlight} in flight`] = Math.round((count / ms) * 1000);
      }
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
