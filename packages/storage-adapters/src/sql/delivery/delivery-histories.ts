import type { RuleDefinition } from "@recallkit/core";
import type { DeliveryHistory } from "@recallkit/core/ports";
import { sql } from "kysely";
import type { SqlContext } from "../context.js";
import { parseDefinition } from "../rule/rule-rows.js";
import { ATTEMPT } from "./attempt-store.js";
import { batchRows, toBatch } from "./batch-rows.js";
import { occurrenceRows, toOccurrence } from "./occurrence-store.js";

/** What is kept about deliveries beside their rows: one statement for each kind of row, however many deliveries are asked for. */
export async function historiesOf(
  { db, dialect }: Pick<SqlContext, "db" | "dialect">,
  tenantId: number,
  deliveryIds: readonly number[],
): Promise<readonly DeliveryHistory[]> {
  const listed = (ids: readonly number[]) => sql<number>`${dialect.list([...new Set(ids)])}`;
  if (deliveryIds.length === 0) return [];
  const rows = await db
    .selectFrom("rk_deliveries")
    .select(["id", "occurrence_id as occurrenceId", "batch_id as batchId", "variables"])
    .where("tenant_id", "=", tenantId)
    .where("id", "in", listed(deliveryIds))
    .execute();
  if (rows.length === 0) return [];
  const found = await occurrenceRows(db)
    .where("tenant_id", "=", tenantId)
    .where("id", "in", listed(rows.map(({ occurrenceId }) => occurrenceId)))
    .execute();
  const occurrences = new Map(found.map((row) => [row.id, toOccurrence(row)]));
  const versions = await db
    .selectFrom("rk_rule_versions as v")
    .innerJoin("rk_occurrences as o", (join) =>
      join
        .onRef("o.tenant_id", "=", "v.tenant_id")
        .onRef("o.rule_id", "=", "v.rule_id")
        .onRef("o.rule_version", "=", "v.version"),
    )
    .select(["o.id", "v.definition"])
    .where("v.tenant_id", "=", tenantId)
    .where("o.tenant_id", "=", tenantId)
    .where("o.id", "in", listed([...occurrences.keys()]))
    .execute();
  const definitions = new Map(
    versions.map(({ id, definition }): [number, RuleDefinition] => [id, parseDefinition(definition)]),
  );
  const batchIds = rows.flatMap(({ batchId }) => batchId ?? []);
  const inBatches =
    batchIds.length === 0
      ? []
      : await batchRows(db).where("b.tenant_id", "=", tenantId).where("b.id", "in", listed(batchIds)).execute();
  const batches = new Map(inBatches.map((row) => [row.id, toBatch(row)]));
  const attempts =
    batches.size === 0
      ? []
      : await db
          .selectFrom("rk_attempts as a")
          .select(ATTEMPT)
          .where("a.tenant_id", "=", tenantId)
          .where("a.batch_id", "in", listed([...batches.keys()]))
          .where("a.kind", "=", "send")
          .orderBy("a.number")
          .orderBy("a.id")
          .execute();
  return rows.flatMap(({ id, occurrenceId, batchId, variables }): DeliveryHistory | readonly DeliveryHistory[] => {
    const occurrence = occurrences.get(occurrenceId);
    const definition = definitions.get(occurrenceId);
    if (!occurrence || !definition) return [];
    return {
      deliveryId: id,
      occurrence,
      definition,
      batch: batchId === null ? null : (batches.get(batchId) ?? null),
      attempts: attempts.filter((attempt) => attempt.batchId === batchId),
      values: variables === null ? null : JSON.parse(variables),
    };
  });
}
