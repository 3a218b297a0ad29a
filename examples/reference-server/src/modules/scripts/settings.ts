import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import * as z from "zod";
import { repeatIfTaken } from "../../frame/repeat-if-taken.js";
import { type ScriptDatabase, scriptTables } from "./tables.js";

/** What an institution may add to what a model is told, each with a reason and the person's own consent. */
export const WIDENED_FACTS = [
  "given_name",
  "gender",
  "city",
  "member_since",
  "last_visit_on",
  "tags",
  "notes",
] as const;
export type WidenedFact = (typeof WIDENED_FACTS)[number];

const widened = z.strictObject({
  fact: z.enum(WIDENED_FACTS),
  reason: z.string().trim().min(10).max(500),
  recorded_by: z.string(),
  recorded_at: z.int(),
});

const stored = z.object({
  engine: z.enum(["template", "model"]).catch("template"),
  model: z.string().nullable().catch(null),
  daily_tokens: z.int().nullable().catch(null),
  daily_cost: z.number().nullable().catch(null),
  max_segments: z.int().min(1).max(10).catch(3),
  widened: z.array(widened).catch([]),
});

/** How texts of an institution are written. */
export interface ScriptSettings {
  /** Who writes first. @default "template" */
  readonly engine: "template" | "model";
  /** Null: the server's. */
  readonly model: string | null;
  /** Most tokens a day; null: the server's. */
  readonly dailyTokens: number | null;
  /** Most money a day, major units; null: the server's. */
  readonly dailyCost: number | null;
  /** Most billed segments of an SMS. @default 3 */
  readonly maxSegments: number;
  /** What else a model may be told, of people who have agreed to it. */
  readonly widened: readonly z.output<typeof widened>[];
}

/** The settings of an institution; the usual ones while nobody has changed them. */
export async function scriptSettings(database: ScriptDatabase, tenantId: number): Promise<ScriptSettings> {
  const row = await scriptTables(database)
    .selectFrom("rk_script_settings")
    .select("settings")
    .where("tenant_id", "=", tenantId)
    .executeTakeFirst();
  const { engine, model, max_segments, ...kept } = stored.parse(row ? JSON.parse(row.settings) : {});
  const limits = { dailyTokens: kept.daily_tokens, dailyCost: kept.daily_cost, maxSegments: max_segments };
  return { engine, model, ...limits, widened: kept.widened };
}

/** Keeps settings whole. */
export async function putScriptSettings(
  stores: SqlStores,
  tenantId: number,
  settings: ScriptSettings,
  { actor, at }: { readonly actor: string; readonly at: number },
): Promise<void> {
  const { engine, model, dailyTokens, dailyCost, maxSegments } = settings;
  const kept: z.input<typeof stored> = {
    ...{ engine, model, daily_tokens: dailyTokens, daily_cost: dailyCost, max_segments: maxSegments },
    widened: [...settings.widened],
  };
  const set = { settings: JSON.stringify(kept), updated_by: actor, updated_at: at };
  await stores.transaction(async (tx) => {
    const db = scriptTables(tx);
    const { numUpdatedRows } = await db
      .updateTable("rk_script_settings")
      .set(set)
      .where("tenant_id", "=", tenantId)
      .executeTakeFirst();
    if (numUpdatedRows > 0n) return;
    const row = { tenant_id: tenantId, ...set };
    await repeatIfTaken(() => db.insertInto("rk_script_settings").values(row).execute());
  });
}
