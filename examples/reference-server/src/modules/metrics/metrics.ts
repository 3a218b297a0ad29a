import { PRIORITY_CLASSES } from "@recallkit/core/ports";
import type { EndedAttempt } from "@recallkit/scheduler";
import { sql } from "kysely";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { ServerContext, ServerRole } from "../../frame/context.js";

/** What is measured in this process. */
export interface Metrics {
  /** A request was answered. @param route its template; never a path with ids or tokens in it */
  request(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  /** An attempt of a job ended. */
  job(ended: EndedAttempt): void;
  /** A statement of the database ended. @param sql its text, of which the first word counts */
  statement(sql: string, seconds: number, isSlow: boolean): void;
  /** Everything in the text format of Prometheus. */
  text(context: ServerContext): Promise<string>;
  readonly contentType: string;
  /** What is measured, in the order in which it is told. */
  families(): readonly MetricFamily[];
}

/** One thing that is measured. */
export interface MetricFamily {
  readonly name: string;
  /** What it counts. */
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** By what it is told apart; `le` of histograms is left out. */
  readonly labels: readonly string[];
}

const STATEMENT_SECONDS = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** States of batches that are not over. */
const OPEN_OCCURRENCES = ["planned", "snapshotting", "running", "paused"] as const;
/** Kinds of statements by their first word; the others are what begins and ends transactions. */
const STATEMENTS = new Set(["select", "with", "insert", "update", "delete"]);
const DAY_MS = 86_400_000;
const OPEN_STATES = ["pending", "leased", "dispatching", "unknown", "reconciling", "needs_review", "dead"] as const;

/** What does not change while the process runs. */
export interface MetricsFacts {
  readonly version: string;
  readonly role: ServerRole;
  readonly engine: string;
}

/** Makes a registry of its own; the event loop and memory of Node are in it. */
export function createMetrics({ version, role, engine }: MetricsFacts): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const name = (suffix: string, help: string) => ({ name: `recallkit_${suffix}`, help, registers });
  const requests = new Counter({
    ...name("http_requests_total", "Requests"),
    labelNames: ["method", "route", "status"],
  });
  const latency = new Histogram({
    ...name("http_request_seconds", "Time to the end of an answer"),
    ...{ labelNames: ["method", "route"], buckets: SECONDS },
  });
  const jobs = new Counter({
    ...name("job_attempts_total", "Attempts of jobs that ended"),
    // Prometheus has a label `job` of its own.
    labelNames: ["job_name", "state"],
  });
  const jobTime = new Counter({ ...name("job_seconds_total", "Time that jobs took"), labelNames: ["job_name"] });
  const slots = new Gauge({ ...name("pool_slots", "Slots of the pool"), labelNames: ["state"] });
  const waiting = new Gauge(name("pool_waiting", "Work that waits for a slot"));
  const depth = new Gauge({ ...name("queue_depth", "Announcements that wait"), labelNames: ["queue"] });
  const batches = new Gauge({ ...name("batches", "Batches that are not over"), labelNames: ["state"] });
  const breakers = new Gauge({
    ...name("breakers", "Channels of merchants that this process has called, by how they work"),
    labelNames: ["channel", "state"],
  });
  const messages = new Gauge({
    ...name("messages_10m", "Messages of the last ten minutes, by how far they are"),
    labelNames: ["channel", "state"],
  });
  const attempts = new Gauge({
    ...name("provider_calls_10m", "Calls of providers in the last ten minutes, by how they ended"),
    labelNames: ["channel", "class"],
  });

  const occurrences = new Gauge({ ...name("occurrences", "Pushes that are not over"), labelNames: ["state"] });
  const overdue = new Gauge(name("overdue_seconds", "For how long the oldest batch that may be sent has waited"));
  const alarms = new Gauge({ ...name("alarms_24h", "Alarms of the last 24 hours"), labelNames: ["code"] });
  const ledger = new Gauge(name("ledger_up", "Whether the database answered when this was read"));
  const connections = new Gauge({
    ...name(
      "database_connections",
      "Connections to the database, and who waits for one; of SQLite the one that writes",
    ),
    labelNames: ["state"],
  });
  const statements = new Histogram({
    ...name("database_statement_seconds", "Time of statements of the database"),
    ...{ labelNames: ["kind"], buckets: STATEMENT_SECONDS },
  });
  const slow = new Counter(name("database_slow_statements_total", "Statements that took longer than SLOW_QUERY_MS"));
  const info = new Gauge({ ...name("info", "What runs here"), labelNames: ["version", "role", "engine"] });
  info.set({ version, role, engine }, 1);

  async function readLedger({ stores, clock }: ServerContext): Promise<void> {
    const open = await sql<{ state: string; total: number }>`SELECT state, count(*) AS total FROM rk_occurrences
      WHERE state IN (${sql.join([...OPEN_OCCURRENCES])}) GROUP BY state`.execute(stores.sql);
    for (const state of OPEN_OCCURRENCES)
      occurrences.set({ state }, Number(open.rows.find((row) => row.state === state)?.total ?? 0));
    const [oldest] = (
      await sql<{ since: number | null }>`SELECT min(not_before) AS since FROM rk_batches
        WHERE state = 'pending' AND not_before <= ${clock.now()}`.execute(stores.sql)
    ).rows;
    overdue.set(oldest?.since == null ? 0 : Math.max(0, clock.now() - Number(oldest.since)) / 1000);
    const told = await sql<{ code: string; total: number }>`SELECT code, count(*) AS total
      FROM (SELECT code, at FROM rk_alarms ORDER BY id DESC LIMIT 10000) AS latest
      WHERE at > ${clock.now() - DAY_MS} GROUP BY code`.execute(stores.sql);
    alarms.reset();
    for (const { code, total } of told.rows) alarms.set({ code }, Number(total));
    const { rows } = await sql<{ state: string; total: number }>`SELECT state, count(*) AS total FROM rk_batches
      WHERE state IN (${sql.join([...OPEN_STATES])}) GROUP BY state`.execute(stores.sql);
    for (const state of OPEN_STATES)
      batches.set({ state }, Number(rows.find((row) => row.state === state)?.total ?? 0));
    const calls = await sql<{ channel: string; class: string; total: number }>`
      SELECT b.channel AS channel, a.class AS class, count(*) AS total
      FROM (SELECT tenant_id, batch_id, class, ended_at FROM rk_attempts WHERE kind = 'send' ORDER BY id DESC LIMIT 20000) AS a
      JOIN rk_batches AS b ON b.tenant_id = a.tenant_id AND b.id = a.batch_id
      WHERE a.ended_at > ${clock.now() - 600_000} AND a.class IS NOT NULL GROUP BY b.channel, a.class`.execute(
      stores.sql,
    );
    attempts.reset();
    const sent = await sql<{ channel: string; state: string; total: number }>`SELECT channel, state, count(*) AS total
      FROM (SELECT channel, state, created_at FROM rk_messages ORDER BY id DESC LIMIT 20000) AS m
      WHERE created_at > ${clock.now() - 600_000} GROUP BY channel, state`.execute(stores.sql);
    messages.reset();
    for (const { channel, state, total } of sent.rows) messages.set({ channel, state }, Number(total));
    for (const row of calls.rows) attempts.set({ channel: row.channel, class: row.class }, Number(row.total));
  }

  return {
    request({ method, route, status, seconds }) {
      requests.inc({ method, route, status: String(status) });
      latency.observe({ method, route }, seconds);
    },
    job({ run: { job }, end, durationMs }) {
      jobs.inc({ job_name: job, state: end === "lost" ? end : end.state });
      jobTime.inc({ job_name: job }, durationMs / 1000);
    },
    statement(text, seconds, isSlow) {
      const word = /^\s*(\w+)/.exec(text)?.[1]?.toLowerCase() ?? "";
      statements.observe({ kind: STATEMENTS.has(word) ? word : "other" }, seconds);
      if (isSlow) slow.inc();
    },
    async text(context) {
      const { most, busy: used = 0, waiting: wanted = 0 } = context.stores.connections() ?? {};
      connections.set({ state: "busy" }, used);
      connections.set({ state: "waiting" }, wanted);
      if (most !== undefined) connections.set({ state: "free" }, Math.max(0, most - used));
      const { size, busy, waiting: queued } = context.concurrency.pool.gauge();
      slots.set({ state: "busy" }, busy);
      slots.set({ state: "free" }, Math.max(0, size - busy));
      waiting.set(queued);
      const known = await context.queue.depth();
      depth.reset();
      if (known) for (const queue of PRIORITY_CLASSES) depth.set({ queue }, known[queue]);
      breakers.reset();
      for (const { channel, state } of context.kit.channelHealth()) breakers.inc({ channel, state });
      // A ledger that is away does not hide the rest.
      const isUp = await readLedger(context).then(
        () => 1,
        () => 0,
      );
      ledger.set(isUp);
      return registry.metrics();
    },
    contentType: registry.contentType,
    families: () => registry.getMetricsAsArray().map((family) => facts(family)),
  };
}

/** The library keeps what a measure was made with, and does not say so in its types. */
function facts(family: object): MetricFamily {
  const { name, help, labelNames } = family as { name: string; help: string; labelNames?: readonly string[] };
  const type = family instanceof Counter ? "counter" : family instanceof Histogram ? "histogram" : "gauge";
  return { name, help, type, labels: [...(labelNames ?? [])].filter((label) => label !== "le") };
}
