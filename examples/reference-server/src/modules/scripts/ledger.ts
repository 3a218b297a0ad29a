import { NotFoundError, type Page } from "@recallkit/core";
import { cursorToId, type PageRequest, pageLimit } from "@recallkit/core/ports";
import type { CheckedScript, ScriptDraft, ScriptFinding } from "@recallkit/core/script";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { Selectable } from "kysely";
import { repeatIfTaken } from "../../frame/repeat-if-taken.js";
import type { WrittenScript } from "./script.js";
import { type ScriptDatabase, type ScriptTables, scriptTables } from "./tables.js";

/** A text with all that is kept of it. */
export interface KeptScript extends WrittenScript {
  readonly purpose: string;
  readonly channel: string;
  /** Null: nobody in particular, or erased. */
  readonly customerId: number | null;
  readonly templateId: number | null;
  readonly isModelWritten: boolean;
  /** What was sent to the model, a list of calls; null: nothing was. */
  readonly prompt: readonly string[] | null;
  /** Tries that nobody read. */
  readonly drafts: readonly ScriptDraft[];
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Millionths of the tenant's currency. */
  readonly costMicros: number;
  readonly createdAt: number;
}

/** Whose turn it is to write a text. */
export type ScriptTurn =
  | { readonly kind: "mine"; readonly id: number; readonly epoch: number }
  | { readonly kind: "written"; readonly script: KeptScript }
  | { readonly kind: "others" };

/** What a text is written for. */
export interface ScriptPlace {
  readonly tenantId: number;
  readonly customerId: number | null;
  readonly purpose: string;
  readonly channel: string;
  readonly inputHash: string;
}

/**
 * Takes the turn to write a text, unless it is written, or another process has the turn. A turn whose time is over, since its
 * process died, is taken over.
 */
export async function takeTurn(
  stores: SqlStores,
  { tenantId, customerId, purpose, channel, inputHash }: ScriptPlace,
  { now, leaseMs }: { readonly now: number; readonly leaseMs: number },
): Promise<ScriptTurn> {
  return stores.transaction(async (tx): Promise<ScriptTurn> => {
    const db = scriptTables(tx);
    const found = () =>
      db
        .selectFrom("rk_scripts")
        .selectAll()
        .where("tenant_id", "=", tenantId)
        .where("input_hash", "=", inputHash)
        .executeTakeFirst();
    const row = await found();
    if (!row) {
      const written = {
        ...{ engine: "", model: null, template_id: null, prompt: null, text: "", verdict: "", findings: "[]" },
        ...{ drafts: "[]", prompt_tokens: 0, completion_tokens: 0, cost_micros: 0, is_model_written: 0 },
      };
      const place = { tenant_id: tenantId, customer_id: customerId, purpose, channel, input_hash: inputHash };
      const turn = { state: "writing", lease_until: now + leaseMs, lease_epoch: 1, created_at: now, written_at: null };
      await repeatIfTaken(() =>
        db
          .insertInto("rk_scripts")
          .values({ ...place, ...turn, ...written })
          .execute(),
      );
      const made = await found();
      return made ? { kind: "mine", id: made.id, epoch: 1 } : { kind: "others" };
    }
    if (row.state === "written") return { kind: "written", script: readScript(row) };
    if (row.state === "writing" && row.lease_until > now) return { kind: "others" };
    const epoch = row.lease_epoch + 1;
    const { numUpdatedRows } = await db
      .updateTable("rk_scripts")
      .set({ state: "writing", lease_until: now + leaseMs, lease_epoch: epoch })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", row.id)
      .where("lease_epoch", "=", row.lease_epoch)
      .executeTakeFirst();
    return numUpdatedRows > 0n ? { kind: "mine", id: row.id, epoch } : { kind: "others" };
  });
}

/** A turn that was taken. */
export type OwnTurn = Extract<ScriptTurn, { kind: "mine" }>;

/** Keeps what was written. @returns false: the turn was another's meanwhile, and its text counts */
export async function keepScript(
  database: ScriptDatabase,
  tenantId: number,
  { id, epoch }: OwnTurn,
  written: Omit<CheckedScript, "tokens" | "prompts" | "engine"> & {
    readonly engine: WrittenScript["engine"];
    readonly prompts: readonly string[];
    readonly tokens: CheckedScript["tokens"];
    readonly costMicros: number;
    readonly templateId: number | null;
  },
  now: number,
): Promise<boolean> {
  const { text, engine, model, verdict, findings, prompts, drafts, tokens } = written;
  const { numUpdatedRows } = await scriptTables(database)
    .updateTable("rk_scripts")
    .set({
      ...{ state: "written", lease_until: 0, text, engine, model, verdict, template_id: written.templateId },
      prompt: prompts.length > 0 ? JSON.stringify(prompts) : null,
      findings: JSON.stringify(findings),
      drafts: JSON.stringify(drafts),
      prompt_tokens: tokens.prompt,
      completion_tokens: tokens.completion,
      cost_micros: written.costMicros,
      is_model_written: engine === "model" ? 1 : 0,
      written_at: now,
    })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .where("lease_epoch", "=", epoch)
    .where("state", "=", "writing")
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Gives a turn back, so that the next one need not wait for its end. */
export async function giveUpTurn(database: ScriptDatabase, tenantId: number, { id, epoch }: OwnTurn): Promise<void> {
  await scriptTables(database)
    .updateTable("rk_scripts")
    .set({ lease_until: 0, state: "failed" })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .where("lease_epoch", "=", epoch)
    .where("state", "=", "writing")
    .execute();
}

/** A text of a tenant. @throws {NotFoundError} `script.not-found` */
export async function scriptOf(database: ScriptDatabase, tenantId: number, scriptId: number): Promise<KeptScript> {
  const row = await scriptTables(database)
    .selectFrom("rk_scripts")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", scriptId)
    .where("state", "=", "written")
    .executeTakeFirst();
  if (!row) throw new NotFoundError("script.not-found", "no such text");
  return readScript(row);
}

/** Texts, newest first. */
export async function listScripts(
  database: ScriptDatabase,
  tenantId: number,
  { verdict, ...page }: PageRequest & { readonly verdict?: string | undefined },
): Promise<Page<KeptScript>> {
  const limit = pageLimit(page);
  let query = scriptTables(database)
    .selectFrom("rk_scripts")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("state", "=", "written")
    .orderBy("id", "desc")
    .limit(limit + 1);
  if (verdict !== undefined) query = query.where("verdict", "=", verdict);
  if (page.cursor != null) query = query.where("id", "<", cursorToId(page.cursor));
  const rows = await query.execute();
  const items = rows.slice(0, limit).map(readScript);
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.scriptId) : null };
}

function readScript(row: Selectable<ScriptTables["rk_scripts"]>): KeptScript {
  return {
    ...{ scriptId: row.id, text: row.text, model: row.model, inputHash: row.input_hash, createdAt: row.created_at },
    ...{ purpose: row.purpose, channel: row.channel, customerId: row.customer_id, templateId: row.template_id },
    engine: row.engine === "model" ? "model" : "template",
    verdict: row.verdict === "pass" || row.verdict === "repaired" ? row.verdict : "fallback",
    // Written by this file and by nobody else.
    findings: JSON.parse(row.findings) as ScriptFinding[],
    drafts: JSON.parse(row.drafts) as ScriptDraft[],
    prompt: row.prompt === null ? null : (JSON.parse(row.prompt) as string[]),
    isModelWritten: row.is_model_written === 1,
    ...{ promptTokens: row.prompt_tokens, completionTokens: row.completion_tokens, costMicros: row.cost_micros },
  };
}
