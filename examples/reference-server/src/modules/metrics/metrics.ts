import { PRIORITY_CLASSES } from "@recallkit/core/ports";
import type { EndedAttempt } from "@recallkit/scheduler";
import { sql } from "kysely";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { ServerContext } from "../../frame/context.js";

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
  /** Everything in the text format of Prometheus. */
  text(context: ServerContext): Promise<string>;
  readonly contentType: string;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** States of batches that are not over. */
const OPEN_STATES = ["pending", "leased", "dispatching", "unknown", "reconciling", "needs_review", "dead"] as const;

/** Makes a registry of its own; the event loop and memory of Node are in it. */
export function createMetrics(): Metrics {
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
    labelNames: ["job", "state"],
  });
  const jobTime = new Counter({ ...name("job_seconds_total", "Time that jobs took"), labelNames: ["job"] });
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

  async function readLedger({ stores, clock }: ServerContext): Promise<void> {
    const { rows } = await sql<{ state: string; total: number }>`SELECT state, count(*) AS total FROM rk_batches
      WHERE state IN (${sql.join([...OPEN_STATES])}) GROUP BY state`.execute(stores.sql);
    for (const state of OPEN_STATES)
      batches.set({ state }, Number(rows.find((row) => row.state === state)?.total ?? 0));
    const calls = await sql<{ channel: string; class: string; total: number }>`
      SELECT b.channel AS channel, a.class AS class, count(*) AS total
      FROM (SELECT tenant_id, batch_id, class, ended_at FROM rk_attempts ORDER BY id DESC LIMIT 20000) AS a
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
      jobs.inc({ job, state: end === "lost" ? end : end.state });
      jobTime.inc({ job }, durationMs / 1000);
    },
    async text(context) {
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
      await readLedger(context).catch(() => undefined);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
