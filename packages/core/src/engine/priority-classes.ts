import { InputError } from "../errors.js";
import { PRIORITY_CLASSES, type PriorityClass, type WorkAnnouncement } from "../ports/work-queue.js";

/** What each queue is worth when all of them have something. */
export const PRIORITY_WEIGHTS: Readonly<Record<PriorityClass, number>> = { urgent: 8, high: 4, normal: 2, low: 1 };

/** The queue of a priority, 0 … 10. */
export function priorityClassOf(priority: number): PriorityClass {
  if (priority >= 9) return "urgent";
  if (priority >= 6) return "high";
  return priority >= 3 ? "normal" : "low";
}

const KIND = /^[a-z0-9-]{1,40}$/;

/** @throws {InputError} with every kind, id and priority that is none */
export function checkAnnouncements(work: readonly WorkAnnouncement[]): void {
  const issues = work.flatMap(({ kind, id, priority }, index) => [
    ...(KIND.test(kind) ? [] : [fault(`${index}.kind`, "must be a-z, 0-9 and -, at most 40 characters")]),
    ...(Number.isSafeInteger(id) && id >= 1 ? [] : [fault(`${index}.id`, "must be a whole number from 1")]),
    ...(Number.isInteger(priority) && priority >= 0 && priority <= 10
      ? []
      : [fault(`${index}.priority`, "must be a whole number from 0 to 10")]),
  ]);
  if (issues.length > 0) throw new InputError(issues);
}

function fault(path: string, message: string) {
  return { path, code: "out_of_range", message };
}

/**
 * Chooses between queues, each as often as its weight says, spread evenly. One that had nothing for long does not catch up.
 *
 * @returns the next queue of those that have something; undefined: none has
 */
export function weightedTurns(): (has: (name: PriorityClass) => boolean) => PriorityClass | undefined {
  const credit: Record<PriorityClass, number> = { urgent: 0, high: 0, normal: 0, low: 0 };
  return (has) => {
    const ready = PRIORITY_CLASSES.filter(has);
    let sum = 0;
    let best: PriorityClass | undefined;
    for (const name of PRIORITY_CLASSES) if (!ready.includes(name)) credit[name] = 0;
    for (const name of ready) {
      credit[name] += PRIORITY_WEIGHTS[name];
      sum += PRIORITY_WEIGHTS[name];
      if (best === undefined || credit[name] > credit[best]) best = name;
    }
    if (best !== undefined) credit[best] -= sum;
    return best;
  };
}
