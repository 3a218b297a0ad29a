import { sql } from "kysely";
import type { ServerContext } from "../../frame/context.js";
import { longWaits } from "../service-desk/service.js";
import type { Finding } from "./alert.js";
import { alertRules } from "./keys.js";

/** Newest rows that are looked at: what a look costs at most. */
const MOST_ROWS = 20_000;
const MINUTE_MS = 60_000;

type Desk = Pick<ServerContext, "kit" | "stores" | "clock" | "logger" | "hotConfig" | "scheduler">;

/** Everything that is not as it should be, by the ledger. */
export async function lookAround(desk: Desk): Promise<readonly Finding[]> {
  const now = desk.clock.now();
  const parts = [
    failureRate(desk, now),
    providerErrors(desk, now),
    backlog(desk, now),
    jobs(desk, now),
    nobodyFree(desk, now),
  ];
  return (await Promise.all(parts)).flat();
}

async function failureRate({ stores, hotConfig }: Desk, now: number): Promise<readonly Finding[]> {
  const { above, least, minutes } = hotConfig.get(alertRules).failure_rate;
  const { rows } = await sql<{ failed: number | null; known: number | null }>`
    SELECT sum(CASE WHEN to_state IN ('failed', 'not_delivered') THEN row_count ELSE 0 END) AS failed,
      sum(row_count) AS known
    FROM (SELECT entity, to_state, row_count, at FROM rk_transitions ORDER BY id DESC LIMIT ${MOST_ROWS}) AS newest
    WHERE entity = 'delivery' AND at > ${now - minutes * MINUTE_MS}
      AND to_state IN ('accepted', 'failed', 'not_delivered')`.execute(stores.sql);
  const [failed, known] = [Number(rows[0]?.failed ?? 0), Number(rows[0]?.known ?? 0)];
  if (known < least || failed / known <= above) return [];
  return [{ kind: "failure_rate", subject: "", detail: { failed, known, minutes } }];
}

async function providerErrors({ stores, hotConfig }: Desk, now: number): Promise<readonly Finding[]> {
  const { above, minutes } = hotConfig.get(alertRules).provider_errors;
  const { rows } = await sql<{ channel: string; errors: number }>`
    SELECT b.channel AS channel, count(*) AS errors
    FROM (SELECT tenant_id, batch_id, class, ended_at FROM rk_attempts WHERE kind = 'send' ORDER BY id DESC LIMIT ${MOST_ROWS}) AS a
    JOIN rk_batches AS b ON b.tenant_id = a.tenant_id AND b.id = a.batch_id
    WHERE a.ended_at > ${now - minutes * MINUTE_MS}
      AND a.class IN ('NOT_SENT', 'UNKNOWN', 'BUSY', 'AUTH', 'CONFIG', 'REQUEST')
    GROUP BY b.channel`.execute(stores.sql);
  return rows
    .filter(({ errors }) => Number(errors) > above)
    .map(({ channel, errors }) => ({
      kind: "provider_errors",
      subject: channel,
      detail: { errors: Number(errors), minutes },
    }));
}

async function backlog({ stores, hotConfig }: Desk, now: number): Promise<readonly Finding[]> {
  const { above } = hotConfig.get(alertRules).backlog;
  const { rows } = await sql<{ waiting: number }>`
    SELECT count(*) AS waiting FROM (SELECT id FROM rk_batches
      WHERE state = 'pending' AND not_before <= ${now} LIMIT ${above + 1}) AS due`.execute(stores.sql);
  return Number(rows[0]?.waiting) > above ? [{ kind: "backlog", subject: "batches", detail: { above } }] : [];
}

async function nobodyFree(desk: Desk, now: number): Promise<readonly Finding[]> {
  const waits = await longWaits(desk, desk.hotConfig.get(alertRules).nobody_free.minutes);
  return waits.map(({ tenantId, tickets, since }) => ({
    kind: "nobody_free",
    subject: `tenant ${tenantId}`,
    detail: { tickets, waited: Math.floor((now - since) / MINUTE_MS) },
  }));
}

async function jobs({ scheduler, hotConfig }: Desk, now: number): Promise<readonly Finding[]> {
  const { duration, job_error } = hotConfig.get(alertRules);
  const longestMs = duration.above_minutes * MINUTE_MS;
  return (await scheduler.list()).flatMap(({ name, lastRun }): readonly Finding[] => {
    if (!lastRun) return [];
    const { state, reason, startedAt, endedAt } = lastRun;
    const tookMs = startedAt === null ? 0 : (endedAt ?? now) - startedAt;
    return [
      ...(job_error && state === "failed"
        ? [{ kind: "job_error" as const, subject: name, detail: { run: lastRun.id, reason: reason ?? "" } }]
        : []),
      ...(tookMs > longestMs
        ? [
            {
              kind: "duration" as const,
              subject: name,
              detail: { run: lastRun.id, minutes: Math.floor(tookMs / MINUTE_MS) },
            },
          ]
        : []),
    ];
  });
}
