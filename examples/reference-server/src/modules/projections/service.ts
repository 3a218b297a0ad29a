// What others may use of this module.

import { RecallKitError } from "@recallkit/core";
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

/** The four stores of the document, by the names that it gives them. */
export const STORE_NAMES = { nebula: "NebulaGraph", clickhouse: "ClickHouse", qdrant: "Qdrant" } as const;
export type OuterStore = keyof typeof STORE_NAMES;

/** How a store beside the ledger answered. */
export interface StoreAnswer {
  readonly store: OuterStore;
  /** `off`: it is not configured, and the ledger answers instead. */
  readonly state: "ok" | "failing" | "off";
  /** What it said about itself, or the code of what is wrong. */
  readonly detail: string;
}

/** Asks each store beside the ledger for a word about itself; none keeps the others back. */
export async function askStores(parts: ProjectionParts): Promise<readonly StoreAnswer[]> {
  return withEachStore(parts, (target) => target.ping());
}

/** Makes what the stores need, and empties those that are to be made anew. Stores left out are answered as `off`. */
export async function prepareStores(
  parts: ProjectionParts,
  { anew, skip }: { readonly anew: boolean; readonly skip: readonly OuterStore[] },
): Promise<readonly StoreAnswer[]> {
  const answers = await withEachStore(
    parts,
    async (target) => {
      await target.prepare();
      if (anew) await target.clear();
      return target.ping();
    },
    skip,
  );
  return answers;
}

async function withEachStore(
  { settings, ...parts }: ProjectionParts,
  work: (target: ProjectionTarget) => Promise<string>,
  skip: readonly OuterStore[] = [],
): Promise<readonly StoreAnswer[]> {
  const answers: StoreAnswer[] = [];
  for (const store of Object.keys(STORE_NAMES) as OuterStore[]) {
    if (!settings[store] || skip.includes(store)) {
      answers.push({ store, state: "off", detail: "" });
      continue;
    }
    const only = { clickhouse: undefined, qdrant: undefined, nebula: undefined, [store]: settings[store] };
    try {
      const open = await openProjections({ ...parts, settings: only });
      try {
        const target = open.targets.find(({ name }) => name === store);
        answers.push({ store, state: "ok", detail: target ? await work(target) : "" });
      } finally {
        await open.close();
      }
    } catch (error) {
      // What is not ours may hold an address.
      const detail = RecallKitError.is(error) ? error.code : "projection.unavailable";
      answers.push({ store, state: "failing", detail });
    }
  }
  return answers;
}
