import { everFires, isLocalDate } from "@recallkit/core/ports";
import { MAX_ATTACHMENTS } from "@recallkit/wecom";
import * as z from "zod";
import { countAttached } from "./attachments.js";
import { weekDayPushTime as weekDayPushTimeField } from "./fields.js";

/** A body as it stands when checks across fields run: some fields may be wrong, missing or not yet normalised. */
type Loose = Readonly<Record<string, unknown>>;

type AddFault = (path: readonly (string | number)[], zh: string, en: string) => void;

/** Faults that no single field shows. Runs on any input, so it takes nothing about types for granted. */
export function crossFieldFaults(body: unknown, check: z.core.$RefinementCtx): void {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return;
  // Reading a property of an object that is not null gives unknown at worst.
  const loose = body as Loose;
  const add: AddFault = (path, zh, en) => {
    check.addIssue({ code: "custom", path: [...path], params: { zh, en } });
  };
  validity(loose, add);
  neverFires(loose, add);
  repeatedTimes(loose, add);
  orderWindow(loose, add);
  content(loose, add);
  audience(loose, add);
  fallBack(loose, add);
}

function fallBack({ id, fallback, fallbackAfterHours }: Loose, add: AddFault): void {
  const rows = Array.isArray(fallback) ? fallback : [];
  const seen = new Set<unknown>(["wecom"]);
  rows.forEach((row: unknown, index) => {
    const channel = typeof row === "object" && row !== null && "channel" in row ? row.channel : undefined;
    if (typeof channel !== "string") return;
    if (seen.has(channel)) add(["fallback", index, "channel"], "渠道重复", "is given twice");
    seen.add(channel);
  });
  // An edit that leaves the channels out keeps them.
  if (typeof fallbackAfterHours === "number" && rows.length === 0 && id === undefined) {
    add(["fallbackAfterHours"], "须同时填写 fallback", "needs channels to fall back to");
  }
}

function validity({ startDate, endDate }: Loose, add: AddFault): void {
  if (typeof startDate !== "string" || typeof endDate !== "string" || startDate <= endDate) return;
  if (isDayShaped(startDate) && isDayShaped(endDate)) {
    add(["endDate"], "不能早于 startDate", "must not be before startDate");
  }
}

/** Only times that are right by themselves are judged; a wrong one is told at its own place. */
function neverFires({ startDate, endDate, weekDayPushTime }: Loose, add: AddFault): void {
  if (typeof startDate !== "string" || typeof endDate !== "string" || !Array.isArray(weekDayPushTime)) return;
  if (!isLocalDate(startDate) || !isLocalDate(endDate) || startDate > endDate) return;
  const slots = z.array(weekDayPushTimeField).min(1).safeParse(weekDayPushTime);
  if (!slots.success) return;
  const weekdays = slots.data.map(({ week }) => ({ weekday: week }));
  if (everFires({ slots: weekdays, validFrom: startDate, validTo: endDate })) return;
  add(
    ["weekDayPushTime"],
    "有效期内没有这些星期，推送永远不会触发",
    "none of the weekdays lies between startDate and endDate",
  );
}

function isDayShaped(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}

function repeatedTimes({ weekDayPushTime }: Loose, add: AddFault): void {
  if (!Array.isArray(weekDayPushTime)) return;
  const seen = new Set<string>();
  for (const [index, slot] of weekDayPushTime.entries()) {
    if (typeof slot !== "object" || slot === null) continue;
    const { week, time }: { week?: unknown; time?: unknown } = slot;
    if (typeof week !== "number" || typeof time !== "string") continue;
    const key = `${week} ${time}`;
    if (seen.has(key)) add(["weekDayPushTime", index], "星期和时间重复", "is given twice");
    seen.add(key);
  }
}

function orderWindow({ lastOrderDay, lastOrderDayLimit }: Loose, add: AddFault): void {
  const [hasLeast, hasMost] = [isGiven(lastOrderDay), isGiven(lastOrderDayLimit)];
  if (hasLeast && !hasMost) {
    add(["lastOrderDayLimit"], "须与 lastOrderDay 同时填写", "is required beside lastOrderDay");
  }
  if (hasMost && !hasLeast) {
    add(["lastOrderDay"], "须与 lastOrderDayLimit 同时填写", "is required beside lastOrderDayLimit");
  }
  if (typeof lastOrderDay === "number" && typeof lastOrderDayLimit === "number" && lastOrderDay > lastOrderDayLimit) {
    add(["lastOrderDayLimit"], "不能小于 lastOrderDay", "must not be smaller than lastOrderDay");
  }
}

const CARD_FIELDS = ["miniProgramTitle", "miniProgramImg", "miniProgramUrl"] as const;

function content(body: Loose, add: AddFault): void {
  const missing = CARD_FIELDS.filter((field) => !isGiven(body[field]));
  const hasCard = missing.length < CARD_FIELDS.length;
  if (hasCard) {
    for (const field of missing) {
      add([field], "小程序卡片的三个字段须同时填写", "a card needs title, image and page");
    }
  }
  const attached = countAttached(body);
  if (!hasCard && !isGiven(body.content) && attached === 0) {
    add(
      ["content"],
      "文本、图片、小程序卡片或附件至少填写一项",
      "a push needs a text, an image, a card or an attachment",
    );
  }
  if (attached > MAX_ATTACHMENTS) {
    add(["attachments"], "图片、卡片等附件合计最多 9 个", "at most 9 attachments, image and card included");
  }
}

const LABEL_FIELDS = ["cityLabels", "storeLabels", "brandLabels", "cateLabels", "skuLabels"] as const;

function audience(body: Loose, add: AddFault): void {
  const hasWindow = isGiven(body.lastOrderDay) || isGiven(body.lastOrderDayLimit);
  const hasLabel = [...LABEL_FIELDS, "attributes", "segmentId"].some((field) => isGiven(body[field]));
  if (hasWindow || hasLabel || body.allCustomers === true || body.otherConditions === true) return;
  add(
    ["lastOrderDay"],
    "至少填写一个筛选条件（购买天数区间、标签或属性）；面向全部客户须设 allCustomers 为 true",
    "needs a window, a label or an attribute; everybody only with allCustomers: true",
  );
}

/** False for what means "absent": nothing, blank text, an empty list. */
function isGiven(value: unknown): boolean {
  if (typeof value === "string") return value.trim() !== "";
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}
