import type * as z from "zod";
import { contactRate, countsOf, interestRate } from "../figures.js";
import type { Row } from "../tables.js";
import type { taskSchema } from "./schema.js";
import { overridesOf, recyclingOf, shownFigures, stateOf } from "./task.js";

/** A task in the form of answers. */
export function taskShape(row: Row<"rk_dial_tasks">): z.input<typeof taskSchema> {
  const overrides = overridesOf(row);
  const { total_calls, connected_calls, interested_calls } = row;
  const counted = { total_calls, connected_calls, interested_calls };
  const told = shownFigures(counted, overrides);
  const counts = countsOf({ ...told, total_duration: row.total_duration });
  return {
    id: row.id,
    package_id: row.package_id,
    task_name: row.task_name,
    description: row.description,
    start_time: row.start_time,
    end_time: row.end_time,
    status: stateOf(row),
    ...told,
    total_duration: row.total_duration,
    contact_rate: contactRate(counts),
    interest_rate: interestRate(counts),
    counted,
    is_overridden: overrides !== null,
    recycling: recyclingOf(row),
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}
