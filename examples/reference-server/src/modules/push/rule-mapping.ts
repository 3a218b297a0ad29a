import type { LabelKind, Rule, RuleDefinition, RuleInput } from "@recallkit/core";
import { formatLocal } from "@recallkit/core/ports";
import { miniProgramOf } from "@recallkit/wecom";
import { attachedContent, sentContent, toldAttached } from "./attachments.js";
import { fallbackOf, toldFallback } from "./fallback.js";
import type { PushDefinition } from "./schema.js";

/** Label fields of a push and the kinds of labels that they hold. */
const LABEL_FIELDS = {
  cityLabels: "city",
  storeLabels: "store",
  brandLabels: "brand",
  cateLabels: "category",
  skuLabels: "sku",
} as const satisfies Readonly<Record<string, LabelKind>>;

type LabelField = keyof typeof LABEL_FIELDS;
const LABEL_FIELD_NAMES = Object.keys(LABEL_FIELDS).filter((name): name is LabelField => name in LABEL_FIELDS);

/** Parts of a rule that a push cannot express; an edit keeps them as they are. */
export type KeptParts = Omit<
  RuleDefinition,
  "name" | "segment" | "slots" | "validFrom" | "validTo" | "content" | "messageClass"
> & { readonly segment: RuleDefinition["segment"] };

type KeptConditions = Omit<
  RuleDefinition["segment"],
  "lapse" | "labels" | "labelMode" | "attributes" | "saved" | "everybody"
>;

/** Conditions of a segment that a push cannot express. */
function keptConditions(segment: RuleDefinition["segment"] | undefined): KeptConditions {
  const {
    lapse: _,
    labels: __,
    labelMode: ___,
    attributes: ____,
    saved: _____,
    everybody: ______,
    ...others
  } = segment ?? {};
  return others;
}

/** The rule that a push means. */
export function ruleOfPush(
  push: PushDefinition,
  { segment: stored, ...kept }: Partial<KeptParts> = {},
  appId?: string,
): RuleInput {
  const { lastOrderDay, lastOrderDayLimit, allCustomers, labelMode, recencyMode, messageClass } = push;
  const { batchPauseSeconds, alertFailureRate } = push;
  const calls = stored?.labels?.call;
  const labels = Object.fromEntries([
    ...LABEL_FIELD_NAMES.filter((field) => push[field].length > 0).map((field) => [LABEL_FIELDS[field], push[field]]),
    ...(calls ? [["call", calls]] : []),
  ]);
  const hasWindow = typeof lastOrderDay === "number" && typeof lastOrderDayLimit === "number";
  return {
    ...kept,
    name: push.name,
    segment: {
      ...keptConditions(stored),
      ...(hasWindow && {
        lapse: {
          minDays: lastOrderDay,
          maxDays: lastOrderDayLimit,
          recency: recencyMode === "any_order" ? "any-order" : "last-order",
        },
      }),
      ...(Object.keys(labels).length > 0 && { labels }),
      attributes: push.attributes ?? stored?.attributes,
      saved: push.segmentId === undefined ? stored?.saved : push.segmentId,
      labelMode: labelMode ?? "any",
      everybody: allCustomers ?? false,
    },
    slots: push.weekDayPushTime.map(({ week, time }) => ({ weekday: weekdayOf(week), time })),
    validFrom: push.startDate,
    validTo: push.endDate,
    channel: "wecom",
    content: contentOf(push, appId),
    messageClass: messageClass ?? "marketing",
    ...fallbackOf(push, kept),
    ...(batchPauseSeconds !== undefined && { batchPauseMs: batchPauseSeconds * 1000 }),
    ...(alertFailureRate !== undefined && { alert: alertOf(alertFailureRate, kept.alert) }),
  };
}

/** The rate alone is a push's to say; how many people it takes stays. */
function alertOf(failureRate: number | null, kept: RuleDefinition["alert"] | undefined): RuleInput["alert"] {
  return failureRate === null ? null : { ...kept, failureRate };
}

function contentOf(push: PushDefinition, appId: string | undefined): RuleInput["content"] {
  const { content, img, miniProgramTitle: title, miniProgramImg: image, miniProgramUrl: page } = push;
  const hasCard = title !== undefined && image !== undefined && page !== undefined;
  return {
    ...(content !== undefined && { text: content }),
    ...(img !== undefined && { image: img }),
    ...(hasCard && { miniProgram: { title, image, page, ...(appId !== undefined && { appId }) } }),
    ...attachedContent(push),
  };
}

type Weekday = RuleDefinition["slots"][number]["weekday"];

function weekdayOf(week: number): Weekday {
  // The schema has checked 1 … 7.
  return week as Weekday;
}

/** The push that a rule is, in the fields of the documents; absent texts are `""`. */
export function pushOfRule({ id, status, definition }: Pick<Rule, "id" | "status" | "definition">) {
  const { segment, content, slots } = definition;
  const card = miniProgramOf(content);
  const labels = (kind: LabelKind) => (segment.labels?.[kind] ?? []).join(",");
  return {
    id,
    name: definition.name,
    status: statusNumber(status),
    startDate: definition.validFrom,
    endDate: definition.validTo,
    weekDayPushTime: slots.map(({ weekday, time }) => ({ week: weekday, time })),
    cityLabels: labels("city"),
    storeLabels: labels("store"),
    brandLabels: labels("brand"),
    cateLabels: labels("category"),
    skuLabels: labels("sku"),
    attributes: [...(segment.attributes ?? [])],
    segmentId: segment.saved ?? null,
    lastOrderDay: segment.lapse?.minDays ?? null,
    lastOrderDayLimit: segment.lapse?.maxDays ?? null,
    content: content.text ?? "",
    img: content.image ?? "",
    miniProgramTitle: card?.title ?? "",
    miniProgramImg: card?.image ?? "",
    miniProgramUrl: card?.page ?? "",
    ...toldAttached(sentContent(content)),
    ...toldFallback(definition),
    allCustomers: segment.everybody,
    otherConditions: hasOtherConditions(segment),
    labelMode: segment.labelMode,
    recencyMode: segment.lapse?.recency === "any-order" ? ("any_order" as const) : ("last_order" as const),
    messageClass: definition.messageClass,
    batchPauseSeconds: definition.batchPauseMs / 1000,
    alertFailureRate: definition.alert?.failureRate ?? null,
  };
}

function hasOtherConditions(segment: RuleDefinition["segment"]): boolean {
  const others: readonly unknown[] = [...Object.values(keptConditions(segment)), segment.labels?.call];
  return others.some((one) => (Array.isArray(one) ? one.length > 0 : one !== undefined));
}

/** 0 = active, 1 = paused. */
function statusNumber(status: Rule["status"]): 0 | 1 {
  return status === "active" ? 0 : 1;
}

/** The reverse of {@link statusNumber}. */
export function statusOfNumber(status: 0 | 1): Rule["status"] {
  return status === 0 ? "active" : "paused";
}

/** What `lists` and `info` add for reading. */
export function pushTimes(rule: Rule, tenantZone: string, lastRunAt: number | null) {
  const { definition, status, nextDueAt, createdAt } = rule;
  const zone = definition.timeZone ?? tenantZone;
  return {
    createTime: formatLocal(createdAt, tenantZone),
    usefulTime: `${definition.validFrom}~${definition.validTo}`,
    lastRun: lastRunAt === null ? null : formatLocal(lastRunAt, zone),
    nextRun: status === "paused" || nextDueAt === null ? null : formatLocal(nextDueAt, zone),
  };
}
