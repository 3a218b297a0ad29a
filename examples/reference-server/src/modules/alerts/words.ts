import type { Alert, AlertKind } from "./alert.js";

/** In which language a target is told; `both`: Chinese, then English. */
export type AlertLanguage = "zh" | "en" | "both";

interface Words {
  readonly zh: string;
  readonly en: string;
}

const KINDS: Readonly<Record<AlertKind, Words>> = {
  failure_rate: { zh: "失败率过高", en: "too many messages fail" },
  provider_errors: { zh: "服务商报错", en: "a provider answers with errors" },
  backlog: { zh: "积压", en: "work piles up" },
  duration: { zh: "任务耗时过长", en: "a job takes too long" },
  job_error: { zh: "任务失败", en: "a job failed" },
  nobody_free: { zh: "工单无人可接", en: "nobody is free for tickets" },
};

/** Figures of a finding, by their names. */
const FIGURES: Readonly<Record<string, Words>> = {
  failed: { zh: "失败", en: "failed" },
  known: { zh: "已知结果", en: "known" },
  minutes: { zh: "分钟", en: "minutes" },
  errors: { zh: "错误", en: "errors" },
  above: { zh: "超过", en: "above" },
  run: { zh: "运行编号", en: "run" },
  tickets: { zh: "排队工单", en: "tickets that wait" },
  waited: { zh: "最长等待（分钟）", en: "longest wait in minutes" },
  reason: { zh: "原因", en: "reason" },
};

const RECOVERED: Words = { zh: "已恢复", en: "recovered" };
const OPEN: Words = { zh: "告警", en: "alert" };
const SINCE: Words = { zh: "自", en: "since" };
const UNTIL: Words = { zh: "至", en: "until" };

const said = ({ zh, en }: Words, language: AlertLanguage) =>
  language === "both" ? `${zh} / ${en}` : language === "zh" ? zh : en;

/** One line for the subject of a mail. */
export function headline({ kind, subject, state }: Alert, language: AlertLanguage = "both"): string {
  const sign = `[${said(state === "recovered" ? RECOVERED : OPEN, language)}]`;
  return `${sign} ${said(KINDS[kind], language)}${subject === "" ? "" : `: ${subject}`}`;
}

/** What people read. */
export function alertText(alert: Alert, language: AlertLanguage = "both"): string {
  const { detail, openedAt, recoveredAt } = alert;
  const figures = Object.entries(detail).map(([name, value]) => {
    const words = Object.hasOwn(FIGURES, name) ? FIGURES[name] : undefined;
    return `${words && language !== "both" ? said(words, language) : name}: ${value}`;
  });
  const times = [`${said(SINCE, language)} ${new Date(openedAt).toISOString()}`];
  if (recoveredAt !== null) times.push(`${said(UNTIL, language)} ${new Date(recoveredAt).toISOString()}`);
  return [headline(alert, language), ...figures, ...times, `#${alert.id}`].join("\n");
}
