import type { EChartsCoreOption } from "echarts/core";
import { figure, listed, percent } from "../shell/format";
import type { Overview, Realtime, Trend } from "./figures";

/** Words of the page, and the colour that it writes with. */
interface Page {
  t(key: string, values?: Record<string, unknown>): string;
  readonly ink: string;
}

/** A chart, told in words, in a picture, and in rows. */
interface Told {
  readonly title: string;
  readonly sentence: string;
  readonly option: EChartsCoreOption;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const COLOURS = ["#1d6fdc", "#2b7a0b", "#c0392b", "#8a5200", "#7b4fb5", "#5f6368"];
const SLICES = 6;
/** Lines behind a chart, to be seen on light and on dark and to be seen past. */
export const faint = (ink: string) => ({ lineStyle: { color: ink, opacity: 0.15 } });

/** Seven days; a day without messages is a gap, not a nought. */
export function trendChart({ days }: Trend, { t, ink }: Page): Told {
  const series = (["total", "sent", "failed"] as const).map((name, at) => ({
    name: t(`monitor.${name}`),
    type: "line",
    color: COLOURS[at],
    data: days.map((day) => (day.total === 0 ? null : day[name])),
  }));
  const sum = days.reduce((all, day) => all + day.total, 0);
  return {
    title: t("monitor.trend"),
    sentence: t("monitor.trendSays", { total: figure(sum) }),
    option: {
      grid: { left: 48, right: 16, top: 36, bottom: 28 },
      legend: { top: 0, textStyle: { color: ink } },
      xAxis: { type: "category", axisLabel: { color: ink }, data: days.map(({ date }) => date.slice(5)) },
      yAxis: { type: "value", minInterval: 1, axisLabel: { color: ink }, splitLine: faint(ink) },
      series,
    },
    columns: [t("monitor.day"), ...series.map(({ name }) => name)],
    rows: days.map((day) => [day.date, figure(day.total), figure(day.sent), figure(day.failed)]),
  };
}

/** Shares of channels; the smallest beyond five are one slice. */
export function shareChart({ channels, total }: Overview, { t, ink }: Page): Told {
  const all = Object.entries(channels)
    .map(([channel, { total: count }]) => ({ name: t(`channel.${channel}`), value: count }))
    .sort((a, b) => b.value - a.value);
  const rest = all.slice(SLICES - 1);
  const shown =
    all.length <= SLICES
      ? all
      : [
          ...all.slice(0, SLICES - 1),
          { name: t("monitor.others"), value: rest.reduce((sum, { value }) => sum + value, 0) },
        ];
  const rows = shown.map(
    ({ name, value }) => [name, figure(value), percent(total === 0 ? null : value / total)] as const,
  );
  return {
    title: t("monitor.share"),
    sentence: listed(rows.map(([name, , share]) => `${name} ${share}`)) || t("monitor.nothing"),
    option: {
      color: COLOURS,
      series: [{ type: "pie", radius: ["45%", "72%"], label: { color: ink, formatter: "{b} {d}%" }, data: shown }],
    },
    columns: [t("delivery.channel"), t("monitor.total"), t("monitor.shareOf")],
    rows,
  };
}

/** Rates of success from nought, with how many they are of. */
export function successChart({ channels }: Overview, { t, ink }: Page): Told {
  const rows = Object.entries(channels).map(([channel, { success_rate: rate, sent, failed }]) => ({
    name: t(`channel.${channel}`),
    rate,
    of: sent + failed,
  }));
  return {
    title: t("monitor.success"),
    sentence:
      listed(rows.map(({ name, rate, of }) => `${name} ${percent(rate)} (n=${figure(of)})`)) || t("monitor.nothing"),
    option: {
      grid: { left: 96, right: 56, top: 8, bottom: 28 },
      xAxis: {
        ...{ type: "value", min: 0, max: 100, splitLine: faint(ink) },
        axisLabel: { color: ink, formatter: "{value}%" },
      },
      yAxis: {
        type: "category",
        inverse: true,
        axisLabel: { color: ink },
        data: rows.map(({ name, of }) => `${name}\nn=${figure(of)}`),
      },
      series: [
        {
          type: "bar",
          color: COLOURS[0],
          barMaxWidth: 22,
          label: { show: true, position: "right", color: ink, formatter: "{c}%" },
          data: rows.map(({ rate }) => (rate === null ? null : Number((rate * 100).toFixed(1)))),
        },
      ],
    },
    columns: [t("delivery.channel"), t("monitor.success"), "n"],
    rows: rows.map(({ name, rate, of }) => [name, percent(rate), figure(of)]),
  };
}

/** How much of the pool is in use, between its least and its most. */
export function poolChart({ pool }: Realtime, { t, ink }: Page): Told {
  const { busy, size, waiting, core_pool_size: least, max_pool_size: most, usage } = pool;
  const sentence = t("monitor.poolSays", { busy, size, least, most, waiting, usage: percent(usage) });
  return {
    title: t("monitor.pool"),
    sentence,
    option: {
      series: [
        {
          ...{ type: "gauge", min: 0, max: size, splitNumber: 5, radius: "88%" },
          axisLine: {
            lineStyle: {
              width: 12,
              color: [
                [0.2, "#5f6368"],
                [0.8, "#2b7a0b"],
                [1, "#c0392b"],
              ],
            },
          },
          axisLabel: { color: ink, distance: 16 },
          detail: { formatter: `${busy} / ${size}`, fontSize: 20, color: ink, offsetCenter: [0, "62%"] },
          data: [{ value: busy }],
        },
      ],
    },
    columns: [t("monitor.busy"), t("monitor.size"), t("monitor.range"), t("monitor.waiting")],
    rows: [[figure(busy), figure(size), `${least}–${most}`, figure(waiting)]],
  };
}
