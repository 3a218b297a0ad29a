import { faint } from "../monitor/charts";
import { figure } from "../shell/format";

/** Days that the trend shows, today included. */
export const DAYS = 7;
const COLOURS = ["#1d6fdc", "#2b7a0b", "#8a5200", "#7b4fb5"];
const SERIES = ["pushed", "accepted", "delivered", "orders"] as const;

type Day = { readonly date: string } & { readonly [name in (typeof SERIES)[number]]: number };

/** The last days, each with what went out on it and what came of that; a day without a push is a gap, not a nought. */
export function weekChart(
  known: readonly Day[],
  today: string,
  t: (key: string, values?: Record<string, unknown>) => string,
  ink: string,
) {
  const days = datesUntil(today).map((date) => ({ date, day: known.find((one) => one.date.slice(0, 10) === date) }));
  const series = SERIES.map((name, at) => ({
    name: t(`week.${name}`),
    type: "line",
    color: COLOURS[at],
    data: days.map(({ day }) => (day === undefined ? null : day[name])),
  }));
  const sum = (name: (typeof SERIES)[number]) => figure(days.reduce((all, { day }) => all + (day?.[name] ?? 0), 0));
  return {
    title: t("week.title"),
    sentence: t("week.says", { pushed: sum("pushed"), delivered: sum("delivered"), orders: sum("orders") }),
    option: {
      grid: { left: 56, right: 16, top: 36, bottom: 28 },
      legend: { top: 0, textStyle: { color: ink } },
      xAxis: { type: "category", axisLabel: { color: ink }, data: days.map(({ date }) => date.slice(5)) },
      yAxis: { type: "value", minInterval: 1, axisLabel: { color: ink }, splitLine: faint(ink) },
      series,
    },
    columns: [t("monitor.day"), ...series.map(({ name }) => name)],
    rows: days.map(({ date, day }) => [date, ...SERIES.map((name) => figure(day?.[name]))]),
  };
}

function datesUntil(today: string): readonly string[] {
  const last = Date.parse(`${today}T00:00:00Z`);
  return Array.from({ length: DAYS }, (_, at) =>
    new Date(last - (DAYS - 1 - at) * 86_400_000).toISOString().slice(0, 10),
  );
}
