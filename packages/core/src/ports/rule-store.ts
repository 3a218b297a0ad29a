import type { ListPosition } from "../page.js";
import type { Rule, RuleDefinition, RuleStatus, RuleVersion } from "../rule/rule.js";
import type { RowLock } from "./row-lock.js";

/** Which rules are listed. */
export interface RuleFilter {
  /** Substring of the name, compared in lower case, never as a pattern. */
  readonly search?: string;
  /** Created at or after / before, epoch ms, half-open. */
  readonly createdFrom?: number;
  /** Only rules made before this instant, in ms since the epoch, exclusive. */
  readonly createdTo?: number;
}

/** Rules with their versions. Deleted rules are seen by `get` only. */
export interface RuleStore {
  /** Adds version 1; its planning mark is `createdAt`. @throws {ConflictError} `rule.name-taken` */
  insert(rule: {
    readonly tenantId: number;
    readonly status: RuleStatus;
    readonly definition: RuleDefinition;
    readonly createdAt: number;
    readonly nextDueAt: number | null;
  }): Promise<Rule>;
  /** One rule; `lock` keeps its row until the transaction ends. */
  get(tenantId: number, ruleId: number, lock?: RowLock): Promise<Rule | undefined>;
  /** The definition of one version, kept for ever. */
  version(tenantId: number, ruleId: number, version: number): Promise<RuleDefinition | undefined>;
  /** All versions, newest first; empty for an unknown rule. */
  versions(tenantId: number, ruleId: number): Promise<readonly RuleVersion[]>;
  /** The rule of this name that is not deleted. */
  findByName(tenantId: number, name: string): Promise<Rule | undefined>;
  /** Newest first by (createdAt, id); `offset`/`limit` as numbered pages need. */
  list(
    tenantId: number,
    filter: RuleFilter,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<{ readonly items: readonly Rule[]; readonly total: number }>;
  /** Newest first by (createdAt, id): the first `limit` rules behind a position. @param after null: from the newest on */
  after(tenantId: number, filter: RuleFilter, after: ListPosition | null, limit: number): Promise<readonly Rule[]>;
  /**
   * Writes a new version; the planning mark stays as it is.
   *
   * @throws {ConflictError} `rule.name-taken`, `state.stale-version` when the version exists
   */
  addVersion(rule: {
    readonly tenantId: number;
    readonly id: number;
    readonly version: number;
    readonly definition: RuleDefinition;
    readonly updatedAt: number;
  }): Promise<void>;
  /** Sets the status; the definition stays. */
  setStatus(tenantId: number, ruleId: number, status: RuleStatus, updatedAt: number): Promise<void>;
  /** Marks the rule as deleted; its history stays. */
  softDelete(tenantId: number, ruleId: number, deletedAt: number): Promise<void>;
  /** Rules of all tenants with `nextDueAt <= now`, not deleted, oldest due first, at most `limit`. */
  due(now: number, limit: number): Promise<readonly Rule[]>;
  /** Moves the planning mark; `nextDueAt` null: no slot is left. */
  setPlanned(tenantId: number, ruleId: number, plannedUntil: number, nextDueAt: number | null): Promise<void>;
}
