// What others may use of this module.

import type { HttpTransport } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { checkpointsOf, targetStates } from "./checkpoints.js";
import { clickhouse } from "./clickhouse/clickhouse.js";
import { ledgerAnalytics } from "./embedded/analytics.js";
import { relationRows } from "./embedded/relations.js";
import { similarRows } from "./embedded/similar.js";
import { nebula } from "./nebula/nebula.js";
import { nebulaSession } from "./nebula/session.js";
import type { AnalyticsStore, ProjectionTarget, RelationGraph, SimilarCustomers } from "./ports.js";
import { qdrant } from "./qdrant/qdrant.js";
import type { ProjectionSettings } from "./settings.js";

export type { AnalyticsStore, RelationGraph, SimilarCustomers } from "./ports.js";

/** What opening needs. */
export interface ProjectionParts {
  readonly stores: SqlStores;
  readonly transport: HttpTransport;
  readonly settings: ProjectionSettings;
}

/** The stores beside the ledger: those that are configured, and the ledger's own in place of the others. */
export interface Projections {
  readonly analytics: AnalyticsStore;
  readonly relations: RelationGraph;
  readonly similar: SimilarCustomers;
  /** What is to be kept up with the ledger. */
  readonly targets: readonly ProjectionTarget[];
  close(): Promise<void>;
}

/** Names of the targets that these settings have. */
export function targetNames({
  clickhouse: olap,
  qdrant: vectors,
  nebula: graph,
}: ProjectionSettings): readonly string[] {
  return [...(olap ? ["clickhouse"] : []), graph ? "nebula" : "relations", vectors ? "qdrant" : "similar"];
}

/** Opens the stores; none is asked for anything yet. @throws {ConfigError} `config.missing`: a client is not installed */
export async function openProjections({ stores, transport, settings }: ProjectionParts): Promise<Projections> {
  const olap = settings.clickhouse && clickhouse(settings.clickhouse);
  const graph = settings.nebula
    ? nebula({ space: settings.nebula.space, session: await nebulaSession(settings.nebula) })
    : relationRows(stores);
  const likeness = settings.qdrant ? qdrant({ ...settings.qdrant, transport, stores }) : similarRows(stores);
  const targets = [...(olap ? [olap] : []), graph, likeness];
  return {
    analytics: olap ?? ledgerAnalytics(stores),
    relations: graph,
    similar: likeness,
    targets,
    async close() {
      await Promise.allSettled(targets.map((target) => target.close()));
    },
  };
}

/** How far a target is. */
export interface ProjectionStatus {
  readonly target: string;
  /** `walking`: it is filled for the first time, or anew. */
  readonly state: "current" | "behind" | "walking" | "failing" | "new";
  /** Revisions of all tenants that it has not seen. */
  readonly lag: number;
  /** Facts that were handed over since the last replay. */
  readonly facts: number;
  readonly failures: number;
  readonly lastError: string | null;
  readonly succeededAt: number | null;
}

/** How far the targets of these settings are. */
export async function projectionStatuses(
  stores: SqlStores,
  settings: ProjectionSettings,
): Promise<readonly ProjectionStatus[]> {
  const states = await targetStates(stores);
  const tenants = await stores.tenants.list();
  const statuses: ProjectionStatus[] = [];
  for (const target of targetNames(settings)) {
    const known = new Map((await checkpointsOf(stores, target)).map((one) => [one.tenantId, one]));
    const { failures = 0, lastError = null, succeededAt = null } = states.get(target) ?? {};
    const lag = tenants.reduce((sum, { id, revision }) => {
      const at = known.get(id);
      return sum + Math.max(0, revision - (at?.phase === "feed" ? at.revision : 0));
    }, 0);
    const facts = [...known.values()].reduce((sum, one) => sum + one.facts, 0);
    const isWalking = [...known.values()].some(({ phase }) => phase !== "feed");
    const state =
      failures > 0 ? "failing" : known.size === 0 ? "new" : isWalking ? "walking" : lag > 0 ? "behind" : "current";
    statuses.push({ target, state, lag, facts, failures, lastError, succeededAt });
  }
  return statuses;
}
