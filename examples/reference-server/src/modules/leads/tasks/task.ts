import { ConflictError, InputError } from "@recallkit/core";
import * as z from "zod";
import { CALL_RESULTS, type CallResult } from "../calls/call.js";
import type { Row } from "../tables.js";

export const TASK_STATES = ["pending", "in_progress", "completed", "cancelled"] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** Where a task may go; what has ended stays ended. */
const TASK_TRANSITIONS: Readonly<Record<TaskState, readonly TaskState[]>> = {
  pending: ["in_progress", "cancelled"],
  in_progress: ["completed", "cancelled"],
  completed: [],
  cancelled: [],
};

/** @throws {ConflictError} `dial-task.wrong-state` */
export function assertTransition(from: TaskState, to: TaskState): void {
  if (from === to || TASK_TRANSITIONS[from].includes(to)) return;
  throw new ConflictError("dial-task.wrong-state", `a task can't go from ${from} to ${to}`);
}

/** The state of a stored task. */
export function stateOf({ status }: Pick<Row<"rk_dial_tasks">, "status">): TaskState {
  // Only this module writes it.
  return status as TaskState;
}

/** True for tasks that take no calls any more. */
export function hasEnded(task: Pick<Row<"rk_dial_tasks">, "status">): boolean {
  return TASK_TRANSITIONS[stateOf(task)].length === 0;
}

/** @throws {InputError} an end before the start */
export function assertPeriod({
  start_time: start,
  end_time: end,
}: Pick<Row<"rk_dial_tasks">, "start_time" | "end_time">): void {
  if (start === null || end === null || start <= end) return;
  throw new InputError([
    { path: "end_time", code: "dial-task.period", message: "end_time must not be before start_time" },
  ]);
}

const rule = z.strictObject({
  after_minutes: z.int().min(1).max(525_600),
  max_attempts: z.int().min(1).max(100),
});

/** When somebody who was not reached is called again, by what the call came to. */
export const recyclingSchema = z.partialRecord(z.enum(CALL_RESULTS), rule);
type Recycling = Readonly<Partial<Record<CallResult, z.output<typeof rule>>>>;

/** What holds where a task says nothing: no answer is tried again after 4 hours, three times in all. */
export const DEFAULT_RECYCLING: Recycling = {
  no_answer: { after_minutes: 240, max_attempts: 3 },
  voicemail: { after_minutes: 240, max_attempts: 3 },
  busy: { after_minutes: 30, max_attempts: 3 },
  rejected: { after_minutes: 1440, max_attempts: 2 },
};

/** The rules of a task. */
export function recyclingOf({ recycling }: Pick<Row<"rk_dial_tasks">, "recycling">): Recycling {
  return { ...DEFAULT_RECYCLING, ...(recycling === null ? {} : recyclingSchema.parse(JSON.parse(recycling))) };
}

/** Figures that somebody has said instead of those that were counted. */
export const overridesSchema = z
  .strictObject({
    total_calls: z.int().min(0).max(1_000_000_000),
    connected_calls: z.int().min(0).max(1_000_000_000),
    interested_calls: z.int().min(0).max(1_000_000_000),
  })
  .partial();
export type Overrides = z.output<typeof overridesSchema>;

/** Overrides of a stored task; null: none. */
export function overridesOf({ overrides }: Pick<Row<"rk_dial_tasks">, "overrides">): Overrides | null {
  return overrides === null ? null : overridesSchema.parse(JSON.parse(overrides));
}

/** Figures of a task. */
interface Figures {
  readonly total_calls: number;
  readonly connected_calls: number;
  readonly interested_calls: number;
}

/** What is shown: what somebody has said, else what was counted. */
export function shownFigures(counted: Figures, said: Overrides | null): Figures {
  return {
    total_calls: said?.total_calls ?? counted.total_calls,
    connected_calls: said?.connected_calls ?? counted.connected_calls,
    interested_calls: said?.interested_calls ?? counted.interested_calls,
  };
}
