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

/** The stores beside the ledger, by the names that the document gives them. */
export const STORE_NAMES = { nebula: "NebulaGraph", clickhouse: "ClickHouse", qdrant: "Qdrant" } as const;
export type OuterStore = keyof typeof STORE_NAMES;

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

/** Names of the targets that these settings have; the rows of the ledger's database are kept in any case. */
export function targetNames(settings: ProjectionSettings): readonly string[] {
  const outer = (Object.keys(STORE_NAMES) as OuterStore[]).filter((name) => settings[name]);
  return [...outer, "relations", "similar"];
}

/** Opens the stores; none is asked for anything yet. While one of them is away the ledger's own rows answer. */
export async function openProjections({ stores, transport, settings }: ProjectionParts): Promise<Projections> {
  const { clickhouse: olap, nebula: graph, qdrant: vectors } = settings;
  const own = { analytics: ledgerAnalytics(stores), relations: relationRows(stores), similar: similarRows(stores) };
  const outer = {
    nebula: graph && nebula({ space: graph.space, connect: () => nebulaSession(graph) }),
    clickhouse: olap && clickhouse(olap),
    qdrant: vectors && qdrant({ ...vectors, transport, stores }),
  };
  const { nebula: relations, clickhouse: analytics, qdrant: similar } = outer;
  const targets = [relations, analytics, similar, own.relations, own.similar].filter((one) => one !== undefined);
  return {
    analytics: analytics
      ? {
          figures: (query) => either(analytics.figures(query), () => own.analytics.figures(query)),
          topItems: (query, limit) =>
            either(analytics.topItems(query, limit), () => own.analytics.topItems(query, limit)),
        }
      : own.analytics,
    relations: relations
      ? {
          connections: (...asked) => either(relations.connections(...asked), () => own.relations.connections(...asked)),
          referrals: (...asked) => either(relations.referrals(...asked), () => own.relations.referrals(...asked)),
        }
      : own.relations,
    similar: similar
      ? { similarTo: (...asked) => either(similar.similarTo(...asked), () => own.similar.similarTo(...asked)) }
      : own.similar,
    targets,
    async close() {
      await Promise.allSettled(targets.map((target) => target.close()));
    },
  };
}

/** The answer of a store, or of the ledger while the store is away. */
async function either<T>(asked: Promise<T>, otherwise: () => Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!RecallKitError.is(error)) throw error;
    return otherwise();
  }
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
