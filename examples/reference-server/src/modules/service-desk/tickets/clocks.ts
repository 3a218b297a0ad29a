import { calendarOf, type Desk } from "../context.js";
import { priorityOf } from "../settings.js";
import type { Row } from "../tables.js";
import { afterWorkingMinutes } from "../working-time.js";

/** When a ticket is to be answered and solved, counted in working time from an instant. */
export function dueTimes(
  desk: Desk,
  priority: number,
  from: number,
): { readonly first_answer_due: number; readonly solution_due: number } {
  const { first_answer_minutes, solution_minutes } = desk.settings.sla[priorityOf(priority)];
  const calendar = calendarOf(desk);
  return {
    first_answer_due: afterWorkingMinutes(from, first_answer_minutes, calendar),
    solution_due: afterWorkingMinutes(from, solution_minutes, calendar),
  };
}

type Clocks = Pick<Row<"rk_tickets">, "first_answered_at" | "first_answer_due" | "solution_due" | "escalation">;

/** The step of the ladder that comes next: the first one whose clock still runs. */
export function nextStep(desk: Desk, ticket: Clocks) {
  const { escalation } = desk.settings;
  const calendar = calendarOf(desk);
  for (let at = ticket.escalation; at < escalation.length; at += 1) {
    const step = escalation[at];
    if (!step || (step.after === "first_answer" && ticket.first_answered_at !== null)) continue;
    const from = step.after === "first_answer" ? ticket.first_answer_due : ticket.solution_due;
    return { number: at, action: step.action, due: afterWorkingMinutes(from, step.minutes, calendar) };
  }
  return undefined;
}

/** When the next step of the ladder is due; null: none is. */
export function escalateAt(desk: Desk, ticket: Clocks): number | null {
  return nextStep(desk, ticket)?.due ?? null;
}
