import type { Batch } from "../../delivery/batch.js";
import { sendGate } from "../../delivery/may-be-sent.js";
import type { BatchState } from "../../delivery/states.js";
import { HELD_BATCH_STATES } from "../../delivery/states.js";
import type { BatchKey, BatchPatch, BatchStore, BatchWork, ChannelKey, TriedFilter } from "../../ports/batch-store.js";
import { searchForm } from "../../text.js";
import { countStates, isBehind, pageOfRows, take } from "../selection.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database } from "../tables.js";
import { isFree, leased, NO_LEASE } from "./leased-row.js";

const STATE_OF_WORK = { send: "pending", results: "accepted", reconcile: "unknown" } as const satisfies Record<
  BatchWork,
  BatchState
>;

/** {@link BatchStore} in memory. */
export function batchStore(db: Database): BatchStore {
  const { batches, batchesByKey, batchesByOccurrence, batchesHandingOn, batchesByState, occurrences, rules } =
    db.tables;

  function inStates(...states: readonly BatchState[]): readonly Batch[] {
    return states.flatMap((state) => batchesByState.rows(state)).sort(byId);
  }

  function mayBeSent(batch: Batch, now: number): boolean {
    const occurrence = occurrences.get(batch.occurrenceId);
    const rule = rules.get(batch.ruleId);
    return sendGate(occurrence, rule, now) === "open";
  }

  function isDue(batch: Batch, work: BatchWork, now: number): boolean {
    if (batch.notBefore > now || !isFree(batch, now)) return false;
    if (work === "send") return mayBeSent(batch, now);
    return !batch.settled;
  }

  function held(key: BatchKey): Batch | undefined {
    const row = ofTenant(batches.get(key.id), key.tenantId);
    return row?.leaseEpoch === key.leaseEpoch ? row : undefined;
  }

  /** Says whether people of a batch ended, where it has a channel behind its own. @returns whether that is news */
  function note(tenantId: number, batchId: number, handsOn: boolean): boolean {
    const row = ofTenant(batches.get(batchId), tenantId);
    if (!row || row.handsOn !== !handsOn) return false;
    batches.replace({ ...row, handsOn });
    return true;
  }

  function patched(batch: Batch, patch: BatchPatch, release = false): Batch {
    const warnings = Object.freeze([...(patch.warnings ?? batch.warnings)]);
    return { ...batch, ...patch, warnings, ...(release ? NO_LEASE : {}) };
  }

  /** Batches with an attempt, of no test, newest attempt first. */
  function tried(
    tenantId: number,
    { ruleId, search = "", from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: TriedFilter,
  ): readonly { readonly batch: Batch; readonly at: number }[] {
    const isMeant = (batch: Batch) => {
      const occurrence = occurrences.get(batch.occurrenceId);
      const dueAt = occurrence?.kind === "test" ? undefined : occurrence?.dueAt;
      if (dueAt === undefined || dueAt < from || dueAt >= to) return false;
      if (ruleId !== undefined && batch.ruleId !== ruleId) return false;
      return searchForm(rules.get(batch.ruleId)?.name ?? "").includes(searchForm(search));
    };
    return batches
      .all()
      .filter((batch) => batch.tenantId === tenantId && isMeant(batch))
      .flatMap((batch) => (batch.attemptedAt === null ? [] : { batch, at: batch.attemptedAt }))
      .sort((a, b) => b.at - a.at || b.batch.id - a.batch.id);
  }

  return {
    insert: (batch) =>
      db.write(() => {
        const { tenantId, occurrenceId, channel, number } = batch;
        const existing = batchesByKey.find(compositeKey(tenantId, occurrenceId, channel, number));
        return (existing ?? batches.insert((id) => ({ ...NEW_BATCH, ...batch, id }))).id;
      }),
    get: (tenantId, batchId) => db.read(() => ofTenant(batches.get(batchId), tenantId)),
    list: (tenantId, filter) =>
      db.read(() =>
        pageOfRows(
          filter.occurrenceId === undefined ? batches.all() : batchesByOccurrence.rows(filter.occurrenceId),
          filter,
          (row) =>
            row.tenantId === tenantId &&
            (filter.ruleId === undefined || row.ruleId === filter.ruleId) &&
            (filter.states === undefined || filter.states.includes(row.state)) &&
            (filter.since === undefined || row.createdAt >= filter.since),
        ),
      ),
    claim: (work, lease, { except = [], only } = {}) =>
      db.write(() =>
        batchesByState
          .rows(STATE_OF_WORK[work])
          .filter((row) => isDue(row, work, lease.now))
          .filter((row) => (!only || isOfChannel(row, only)) && !except.some((key) => isOfChannel(row, key)))
          .sort((a, b) => a.notBefore - b.notBefore || a.id - b.id)
          .slice(0, lease.limit)
          .map((row) => batches.replace(leased(row, lease))),
      ),
    abandoned: (now, limit) => db.read(() => take(inStates(...HELD_BATCH_STATES), limit, (row) => isFree(row, now))),
    expired: (now, limit) =>
      db.read(() =>
        take(inStates("pending", "dead"), limit, (row) => {
          const expiresAt = occurrences.get(row.occurrenceId)?.expiresAt;
          return expiresAt !== undefined && expiresAt <= now;
        }),
      ),
    transition: (key, to, patch, options) =>
      db.write(() => {
        const row = held(key);
        if (!row || !key.from.includes(row.state)) return false;
        batches.replace({ ...patched(row, patch, options?.release), state: to });
        return true;
      }),
    advance: (key, patch, options) =>
      db.write(() => {
        const row = held(key);
        if (row) batches.replace(patched(row, patch, options?.release));
        return row !== undefined;
      }),
    tried: (tenantId, filter, { offset, limit }) =>
      db.read(() => {
        const found = tried(tenantId, filter);
        return { items: found.slice(offset, offset + limit).map(({ batch }) => batch), total: found.length };
      }),
    triedAfter: (tenantId, filter, after, limit) =>
      db.read(() =>
        take(
          tried(tenantId, filter),
          limit,
          ({ batch: { id }, at }) => after === null || isBehind({ at, id }, after),
        ).map(({ batch }) => batch),
      ),
    lastAttemptAt: (tenantId, occurrenceId, exceptBatchId) =>
      db.read(() => {
        const attempts = batchesByOccurrence
          .rows(occurrenceId)
          .filter((row) => row.tenantId === tenantId && row.id !== exceptBatchId)
          .flatMap(({ attemptedAt }) => attemptedAt ?? []);
        return attempts.length === 0 ? null : Math.max(...attempts);
      }),
    noteEnded: (tenantId, batchId) => db.write(() => void note(tenantId, batchId, true)),
    handingOn: (afterId, limit) =>
      db.read(() => take([...batchesHandingOn.rows("handing on")].sort(byId), limit, ({ id }) => id > afterId)),
    takeEnded: (tenantId, batchId) => db.write(() => note(tenantId, batchId, false)),
    mayHandOn: (tenantId, occurrenceId) =>
      db.read(() =>
        batchesByOccurrence
          .rows(occurrenceId)
          .some(
            ({ handsOn, state, settled, ...row }) =>
              row.tenantId === tenantId && (handsOn || (handsOn === false && state === "accepted" && !settled)),
          ),
      ),
    renew: (key, leaseUntil) =>
      db.write(() => {
        const row = held(key);
        // A heartbeat that comes after the release must not block the row.
        if (!row || row.leaseOwner === null) return false;
        batches.replace({ ...row, leaseUntil });
        return true;
      }),
    countByState: (tenantId, occurrenceId) =>
      db.read(() => countStates(batchesByOccurrence.rows(occurrenceId).filter((row) => row.tenantId === tenantId))),
  };
}

const byId = (a: Batch, b: Batch) => a.id - b.id;

function isOfChannel(batch: Batch, { tenantId, channel }: ChannelKey): boolean {
  return batch.tenantId === tenantId && batch.channel === channel;
}

const NEW_BATCH = {
  ...NO_LEASE,
  state: "pending",
  reason: null,
  size: 0,
  contentHash: null,
  providerMessageId: null,
  warnings: Object.freeze([]),
  attempts: 0,
  resends: 0,
  faults: 0,
  lookUps: 0,
  attemptedAt: null,
  acceptedAt: null,
  polls: 0,
  calledOffAt: null,
  settled: false,
  leaseEpoch: 0,
} as const satisfies Partial<Batch>;
