import type { Occurrence } from "../../delivery/occurrence.js";
import { type OccurrenceState, RUNNING_OCCURRENCE_STATES, SENDING_BATCH_STATES } from "../../delivery/states.js";
import type { OccurrenceStore } from "../../ports/occurrence-store.js";
import { pageOfRows } from "../selection.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database } from "../tables.js";
import { isFree, leased, NO_LEASE } from "./leased-row.js";

/** {@link OccurrenceStore} in memory. */
export function occurrenceStore(db: Database): OccurrenceStore {
  const { occurrences, occurrencesByKey, occurrencesByRule, occurrencesByState, batchesByOccurrence } = db.tables;
  const { listValues, listValuesByPerson, listValuesByOccurrence } = db.tables;

  function held(key: { readonly tenantId: number; readonly id: number; readonly leaseEpoch?: number }) {
    const row = ofTenant(occurrences.get(key.id), key.tenantId);
    return key.leaseEpoch === undefined || row?.leaseEpoch === key.leaseEpoch ? row : undefined;
  }

  function latestOf(tenantId: number, ruleId: number, except: readonly OccurrenceState[]): Occurrence | undefined {
    return occurrencesByRule
      .rows(ruleId)
      .filter((row) => row.tenantId === tenantId && !except.includes(row.state) && row.kind !== "test")
      .sort((a, b) => a.dueAt - b.dueAt || a.id - b.id)
      .at(-1);
  }

  function isSending({ id, state, kind }: Occurrence): boolean {
    if (kind === "test") return false;
    if (state === "snapshotting") return true;
    if (!RUNNING_OCCURRENCE_STATES.includes(state)) return false;
    return batchesByOccurrence.rows(id).some((batch) => SENDING_BATCH_STATES.includes(batch.state));
  }

  return {
    insert: (occurrence) =>
      db.write(() => {
        const { tenantId, ruleId, kind, nominal } = occurrence;
        const existing = occurrencesByKey.find(compositeKey(tenantId, ruleId, kind, nominal));
        if (existing) return { created: false, occurrence: existing };
        const created = occurrences.insert((id) => ({
          ...occurrence,
          ...NO_LEASE,
          id,
          asOf: null,
          blockedOnReview: false,
          snapshotCursor: 0,
          audienceSize: null,
          leaseEpoch: 0,
          startedAt: null,
          finishedAt: null,
        }));
        return { created: true, occurrence: created };
      }),
    putValues: (tenantId, occurrenceId, people) =>
      db.write(() => {
        for (const { customerId, values } of people) {
          if (listValuesByPerson.find(compositeKey(tenantId, occurrenceId, customerId))) continue;
          listValues.insert((id) => ({ id, tenantId, occurrenceId, customerId, values: Object.freeze({ ...values }) }));
        }
      }),
    valuesOf: (tenantId, occurrenceId, of) =>
      db.read(() => {
        const rows =
          of === "first"
            ? listValuesByOccurrence.rows(occurrenceId).slice(0, 1)
            : of.flatMap((id) => listValuesByPerson.find(compositeKey(tenantId, occurrenceId, id)) ?? []);
        return rows
          .filter((row) => row.tenantId === tenantId)
          .map(({ customerId, values }) => ({ customerId, values }));
      }),
    get: (tenantId, occurrenceId) => db.read(() => ofTenant(occurrences.get(occurrenceId), tenantId)),
    list: (tenantId, filter) =>
      db.read(() =>
        pageOfRows(
          filter.ruleId === undefined ? occurrences.all() : occurrencesByRule.rows(filter.ruleId),
          filter,
          (row) =>
            row.tenantId === tenantId &&
            (filter.states === undefined || filter.states.includes(row.state)) &&
            (filter.since === undefined || row.createdAt >= filter.since),
        ),
      ),
    latest: (tenantId, ruleId) => db.read(() => latestOf(tenantId, ruleId, ["planned"])),
    lastRuns: (tenantId, ruleIds) =>
      db.read(() => {
        const found = ruleIds.flatMap((ruleId) => latestOf(tenantId, ruleId, ["planned", "skipped"]) ?? []);
        return new Map(found.map(({ ruleId, startedAt, dueAt }) => [ruleId, startedAt ?? dueAt]));
      }),
    claim: (lease) =>
      db.write(() => {
        const due = occurrencesByState.rows("planned").filter((row) => row.dueAt <= lease.now);
        return [...due, ...occurrencesByState.rows("snapshotting")]
          .filter((row) => isFree(row, lease.now))
          .sort((a, b) => a.dueAt - b.dueAt || a.id - b.id)
          .slice(0, lease.limit)
          .map((row) => occurrences.replace(leased(row, lease)));
      }),
    transition: (key, to, patch) =>
      db.write(() => {
        const row = held(key);
        if (!row || !key.from.includes(row.state)) return false;
        occurrences.replace({ ...row, ...patch, state: to });
        return true;
      }),
    advance: (key, patch, leaseUntil) =>
      db.write(() => {
        const row = held(key);
        if (!row) return false;
        // A lease that was given back must not come to life again.
        occurrences.replace({ ...row, ...patch, leaseUntil: row.leaseOwner === null ? null : leaseUntil });
        return true;
      }),
    release: (key) =>
      db.write(() => {
        const row = held(key);
        if (row) occurrences.replace({ ...row, ...NO_LEASE });
      }),
    countPlanned: (tenantId, limit) =>
      db.read(
        () =>
          occurrencesByState
            .rows("planned")
            .filter((row) => row.tenantId === tenantId)
            .slice(0, limit).length,
      ),
    hasSending: (tenantId, ruleId, exceptId) =>
      db.read(() =>
        occurrencesByRule
          .rows(ruleId)
          .some((row) => row.tenantId === tenantId && row.id !== exceptId && isSending(row)),
      ),
    unfinished: (afterId, limit) =>
      db.read(() =>
        [...RUNNING_OCCURRENCE_STATES, "cancelled" as const]
          .flatMap((state) => occurrencesByState.rows(state))
          .filter((row) => row.id > afterId && row.finishedAt === null)
          .sort((a, b) => a.id - b.id)
          .slice(0, limit),
      ),
  };
}
