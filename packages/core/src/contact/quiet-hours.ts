import * as z from "zod";
import { addDays, instantOf, isLocalTime, isTimeZone, type LocalTime, localDateOf } from "../local-time.js";

/** When messages may begin to go out, every day: from the first minute on, up to the second one, which is out. */
export interface SendingWindow {
  /** `HH:mm`, wall time of the person. */
  readonly from: LocalTime;
  /** `HH:mm`, later than `from`. */
  readonly to: LocalTime;
}

/** Permitted hours of marketing messages by the name of the channel; one that is not named has none. */
export type QuietHours = Readonly<Record<string, SendingWindow>>;

/** Where a tenant sets nothing: what the rules of all providers of SMS allow. */
export const DEFAULT_QUIET_HOURS: QuietHours = { sms: { from: "08:00", to: "20:00" } };

/** No tenant's window reaches further. */
const WIDEST_WINDOW: SendingWindow = { from: "08:00", to: "22:00" };

const localTime = z.string().refine(isLocalTime, { message: "must be HH:mm" });

/** A window as a tenant writes it. */
export const windowSchema = z
  .strictObject({ from: localTime, to: localTime })
  .refine(({ from, to }) => from >= WIDEST_WINDOW.from && to <= WIDEST_WINDOW.to, {
    message: `must lie within ${WIDEST_WINDOW.from} and ${WIDEST_WINDOW.to}`,
  })
  .refine(({ from, to }) => from < to, { path: ["to"], message: "must be later than from" });

/** The earliest instant from `now` on at which a window is open in a zone; `now` when it is. */
export function openingAt({ from, to }: SendingWindow, zone: string, now: number): number {
  const day = localDateOf(now, zone);
  const opens = instantOf(day, from, zone);
  if (now < opens) return opens;
  return now < instantOf(day, to, zone) ? now : instantOf(addDays(day, 1), from, zone);
}

/** The zone that a person's hours go by: their own, where this runtime knows it. */
export function zoneOfPerson(own: string | null, otherwise: string): string {
  return own !== null && isTimeZone(own) ? own : otherwise;
}
