import type * as z from "zod";
import { REVISIT_CHANNELS } from "./channels.js";
import type { Revisit, RunFigures } from "./revisit-store.js";
import type { RevisitRun } from "./run-store.js";
import type { revisitSchema, runSchema, settingsSchema } from "./schema.js";
import { oneOf, type RevisitSettings } from "./settings.js";

export function runShape(run: RevisitRun, figures: RunFigures, institutionCode: string): z.input<typeof runSchema> {
  return {
    ...{ run_id: run.id, found: run.found, written: figures.written },
    skipped: figures.skipped.map(({ customerCode, reason }) => ({ customer_code: customerCode, reason })),
    ...{ test_mode: run.mode === "test", institution_code: institutionCode, state: run.state, kind: run.kind },
    ...{ mode: run.mode, local_day: run.localDay, days_ahead: run.daysAhead, caught_up_days: run.caughtUp },
    ...{ skipped_total: figures.skippedTotal, states: { ...figures.states }, error: run.error },
    ...{ started_by: run.actor, started_at: run.startedAt, finished_at: run.finishedAt },
  };
}

export function settingsShape(
  { policy, ...settings }: RevisitSettings,
  institutionCode: string,
): z.input<typeof settingsSchema> {
  return {
    ...{ institution_code: institutionCode, mode: settings.mode, days_ahead: settings.daysAhead },
    ...{ leap_day: policy.leapDay, leap_month: policy.leapMonth, thirtieth: policy.thirtieth },
    ...{ channels: [...settings.channels], updated_at: settings.updatedAt, updated_by: settings.updatedBy },
  };
}

export function revisitShape(revisit: Revisit): z.input<typeof revisitSchema> {
  return {
    ...{ id: revisit.id, customer_code: revisit.customerCode, name: revisit.name, birthday_on: revisit.birthdayOn },
    ...{ birthday_year: revisit.birthdayYear, run_id: revisit.runId, state: revisit.state },
    channel: oneOf(REVISIT_CHANNELS, revisit.channel ?? "") ?? null,
    ...{ text: revisit.text, text_source: revisit.textSource, script_id: revisit.scriptId },
    ...{ occurrence_id: revisit.occurrenceId, reason: revisit.reason, decided_by: revisit.decidedBy },
    ...{ decided_at: revisit.decidedAt, delivery: revisit.delivery },
    ...{ created_at: revisit.createdAt, updated_at: revisit.updatedAt },
  };
}
