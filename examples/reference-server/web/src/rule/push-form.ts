import type { PushBody, PushInfo } from "./pushes";

/** Kinds of labels of a push, in the order of the form. */
export const LABEL_FIELDS = ["cityLabels", "storeLabels", "brandLabels", "cateLabels", "skuLabels"] as const;
export type LabelField = (typeof LABEL_FIELDS)[number];

/** One weekly time. */
export interface Slot {
  readonly week: number;
  readonly time: string;
}

/** A push as the form holds it. */
export interface PushForm {
  name: string;
  startDate: string;
  endDate: string;
  slots: Slot[];
  labels: Record<LabelField, string[]>;
  lastOrderDay: number | "";
  lastOrderDayLimit: number | "";
  allCustomers: boolean;
  /** A saved segment that must hold as well; 0: none. */
  segmentId: number;
  labelMode: "any" | "grouped" | "all";
  recencyMode: "last_order" | "any_order";
  messageClass: "marketing" | "transactional";
  content: string;
  img: string;
  miniProgramTitle: string;
  miniProgramImg: string;
  miniProgramUrl: string;
  batchPauseSeconds: number;
}

/** An empty form: valid from today for ninety days. @param today `2026-11-20` in the shop's zone */
export function emptyForm(today: string): PushForm {
  return {
    ...{ name: "", startDate: today, endDate: dayAfter(today, 90), slots: [] },
    labels: { cityLabels: [], storeLabels: [], brandLabels: [], cateLabels: [], skuLabels: [] },
    ...{ lastOrderDay: 30, lastOrderDayLimit: 45, allCustomers: false, segmentId: 0 },
    ...{ labelMode: "any", recencyMode: "last_order", messageClass: "marketing" },
    ...{ content: "", img: "", miniProgramTitle: "", miniProgramImg: "", miniProgramUrl: "", batchPauseSeconds: 0 },
  };
}

export function formOf(push: PushInfo): PushForm {
  const { name, startDate, endDate, allCustomers, labelMode, recencyMode, messageClass, batchPauseSeconds } = push;
  const { content, img, miniProgramTitle, miniProgramImg, miniProgramUrl, lastOrderDay, lastOrderDayLimit } = push;
  const list = (text: string) => text.split(",").filter((label) => label !== "");
  const { cityLabels, storeLabels, brandLabels, cateLabels, skuLabels } = push;
  return {
    ...{ name, startDate, endDate, allCustomers, labelMode, recencyMode, messageClass, batchPauseSeconds },
    ...{ content, img, miniProgramTitle, miniProgramImg, miniProgramUrl },
    slots: sortedSlots(push.weekDayPushTime),
    labels: {
      ...{ cityLabels: list(cityLabels), storeLabels: list(storeLabels), brandLabels: list(brandLabels) },
      ...{ cateLabels: list(cateLabels), skuLabels: list(skuLabels) },
    },
    ...{ lastOrderDay: lastOrderDay ?? "", lastOrderDayLimit: lastOrderDayLimit ?? "" },
    segmentId: push.segmentId ?? 0,
  };
}

/** What is written. @param before the push as it was read; what the form does not show stays as it is */
export function bodyOf(form: PushForm, before?: PushInfo): PushBody {
  const { slots, labels, lastOrderDay, lastOrderDayLimit, segmentId, ...same } = form;
  const joined = Object.fromEntries(LABEL_FIELDS.map((field) => [field, labels[field].join(",")]));
  const kept = before === undefined ? {} : keptOf(before);
  return {
    ...kept,
    ...same,
    ...joined,
    weekDayPushTime: sortedSlots(slots),
    segmentId: segmentId === 0 ? null : segmentId,
    lastOrderDay: lastOrderDay === "" ? null : lastOrderDay,
    lastOrderDayLimit: lastOrderDayLimit === "" ? null : lastOrderDayLimit,
  };
}

function keptOf({
  attributes,
  link,
  video,
  file,
  attachments,
  sender,
  senders,
  fallback,
  fallbackAfterHours,
  alertFailureRate,
}: PushInfo) {
  return {
    attributes,
    link,
    video,
    file,
    attachments,
    sender,
    senders,
    fallback,
    fallbackAfterHours,
    alertFailureRate,
  };
}

/** A question that can be answered while the form is still being filled in. */
export function countableBody(form: PushForm, before?: PushInfo): PushBody {
  const body = bodyOf(form, before);
  return {
    ...body,
    name: body.name.trim() || "—",
    content: (body.content ?? "").trim() || "—",
    weekDayPushTime: body.weekDayPushTime.length > 0 ? body.weekDayPushTime : [{ week: 1, time: "10:00" }],
  };
}

/** Monday first, each time once. */
export function sortedSlots(slots: readonly Slot[]): Slot[] {
  const byKey = new Map(slots.map(({ week, time }) => [`${week} ${time}`, { week, time }]));
  return [...byKey.entries()].sort(([a], [b]) => a.localeCompare(b)).map(([, slot]) => slot);
}

/** A day so many days after another. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Bytes of a text in UTF-8, as WeCom counts them. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
