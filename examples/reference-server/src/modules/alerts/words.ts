import type { Alert, AlertKind } from "./alert.js";

const KINDS: Readonly<Record<AlertKind, string>> = {
  failure_rate: "失败率过高 / too many messages fail",
  provider_errors: "服务商报错 / a provider answers with errors",
  backlog: "积压 / work piles up",
  duration: "任务耗时过长 / a job takes too long",
  job_error: "任务失败 / a job failed",
};

/** One line for the subject of a mail. */
export function headline({ kind, subject, state }: Alert): string {
  const sign = state === "recovered" ? "[已恢复 / recovered]" : "[告警 / alert]";
  return `${sign} ${KINDS[kind]}${subject === "" ? "" : `: ${subject}`}`;
}

/** What people read. */
export function alertText(alert: Alert): string {
  const { detail, openedAt, recoveredAt } = alert;
  const figures = Object.entries(detail).map(([name, value]) => `${name}: ${value}`);
  const times = [`自 / since ${new Date(openedAt).toISOString()}`];
  if (recoveredAt !== null) times.push(`至 / until ${new Date(recoveredAt).toISOString()}`);
  return [headline(alert), ...figures, ...times, `#${alert.id}`].join("\n");
}
