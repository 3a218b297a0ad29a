import { InputError } from "@recallkit/core";
import { DEFAULT_TIME_ZONE, isTimeZone } from "@recallkit/core/ports";
import { type CronExpression, CronExpressionParser } from "cron-parser";
import type { Firings } from "./firings.js";

/** Names for whole expressions that everybody knows. */
const ALIASES = /^@(yearly|annually|monthly|weekly|daily|hourly|minutely|secondly|weekdays|weekends)$/;
/** Five fields begin with minutes, six with seconds. `H` would be another number on every machine. */
const FIELDS = /^(?!.*H)\S+(\s+\S+){4,5}$/;

/**
 * Instants of a cron expression: five fields (minute, hour, day of month, month, day of week), six with seconds in front, or a
 * name such as `@daily`. Days of week are 0 … 7, Sunday is 0 and 7; where both days are named, either one fires.
 *
 * When clocks go forward, a time that does not exist fires as much later as they moved: 02:30 at 03:30. When they go back, a
 * fixed time fires once, at its first occurrence; one of `*` or steps in its hours goes on with every hour.
 *
 * @param zone IANA name. @default "Asia/Shanghai"
 * @throws {InputError} `cron.invalid` at `cron` for what is no such expression, or never fires, as 30 February; at `zone` for an unknown zone
 */
export function cronFirings(expression: string, zone: string = DEFAULT_TIME_ZONE): Firings {
  if (!isTimeZone(zone)) throw fault("zone", "must be the name of a time zone, as Asia/Shanghai");
  const text = expression.trim();
  if (!ALIASES.test(text) && !FIELDS.test(text)) throw fault("cron", "must have five fields, or six with seconds");
  const from = (after: number): CronExpression =>
    CronExpressionParser.parse(text, { tz: zone, currentDate: new Date(after) });
  const next = (after: number) => from(after).next().getTime();
  try {
    // An expression has no year: what fires after one instant fires after every other.
    next(0);
  } catch (cause) {
    throw fault("cron", "is no cron expression, or one that never fires", cause);
  }
  return {
    words: `${text} ${zone}`,
    next,
    last(until) {
      // Firings are whole seconds, and one before the end of a second counts as within it.
      return from(until + 1)
        .prev()
        .getTime();
    },
  };
}

function fault(path: string, message: string, cause?: unknown): InputError {
  return new InputError([{ path, code: "cron.invalid", message }], { cause });
}
