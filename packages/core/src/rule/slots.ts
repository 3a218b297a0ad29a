import { addDays, instantOf, type LocalDate, localDateOf, weekdayOf } from "../local-time.js";
import type { RuleDefinition } from "./rule.js";

/** One slot on one day. */
export interface SlotTime {
  /** `YYYY-MM-DDTHH:mm`, wall time; the identity of the occurrence. */
  readonly nominal: string;
  /** Instant at which it fires, epoch ms. */
  readonly dueAt: number;
}

type Schedule = Pick<RuleDefinition, "slots" | "validFrom" | "validTo">;

/**
 * False for slots none of whose weekdays lies in the validity. On any other day every slot fires, whatever the clocks of a
 * zone do: a time that they skip is made up right after.
 */
export function everFires({
  slots,
  validFrom,
  validTo,
}: Pick<Schedule, "validFrom" | "validTo"> & { readonly slots: readonly { readonly weekday: number }[] }): boolean {
  const weekdays = new Set(slots.map(({ weekday }) => weekday));
  for (let day = validFrom, n = 0; n < 7 && day <= validTo; day = addDays(day, 1), n += 1) {
    if (weekdays.has(weekdayOf(day))) return true;
  }
  return false;
}

/** Slots that fire in (after, until], by instant and then by nominal time. */
export function slotsBetween(schedule: Schedule, zone: string, after: number, until: number): readonly SlotTime[] {
  if (until <= after || schedule.slots.length === 0) return [];
  // A clock change can move a slot past midnight: look one day further back.
  let day = maxDate(addDays(localDateOf(after, zone), -1), schedule.validFrom);
  const last = minDate(localDateOf(until, zone), schedule.validTo);
  const found: SlotTime[] = [];
  for (; day <= last; day = addDays(day, 1)) {
    found.push(...slotsOf(schedule, day, zone).filter(({ dueAt }) => dueAt > after && dueAt <= until));
  }
  return found.sort((a, b) => a.dueAt - b.dueAt || (a.nominal < b.nominal ? -1 : 1));
}

/** Instant of the first slot after `after`, or null when the validity ends before. */
export function nextSlot(schedule: Schedule, zone: string, after: number): number | null {
  if (schedule.slots.length === 0) return null;
  const first = maxDate(addDays(localDateOf(after, zone), -1), schedule.validFrom);
  for (let day = first, n = 0; n <= 9 && day <= schedule.validTo; day = addDays(day, 1), n += 1) {
    const due = slotsOf(schedule, day, zone)
      .map(({ dueAt }) => dueAt)
      .filter((dueAt) => dueAt > after);
    if (due.length > 0) return Math.min(...due);
  }
  return null;
}

function slotsOf(schedule: Schedule, day: LocalDate, zone: string): readonly SlotTime[] {
  const weekday = weekdayOf(day);
  return schedule.slots
    .filter((slot) => slot.weekday === weekday)
    .map(({ time }) => ({ nominal: `${day}T${time}`, dueAt: instantOf(day, time, zone) }));
}

function maxDate(a: LocalDate, b: LocalDate): LocalDate {
  return a > b ? a : b;
}

function minDate(a: LocalDate, b: LocalDate): LocalDate {
  return a < b ? a : b;
}
