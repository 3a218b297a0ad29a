import { brand, isBranded, RecallKitError } from "../errors.js";
import type { BatchKey, BatchPatch } from "../ports/batch-store.js";
import type { DeliveryPatch, DeliverySelector } from "../ports/delivery-store.js";
import type { OccurrencePatch } from "../ports/occurrence-store.js";
import type { Stores } from "../ports/stores.js";
import type { TransitionRecord } from "./delivery.js";
import { ENDED_STATES } from "./fall-back-reasons.js";
import {
  type BatchState,
  type DeliveryState,
  type EntityKind,
  type EntityStates,
  type OccurrenceState,
  TRANSITIONS,
} from "./states.js";

/** Thrown inside a transaction when a fenced write matched nothing: somebody else holds the row now. */
export class LeaseLostError extends RecallKitError {
  constructor(entity: EntityKind, id: number) {
    super("state.lease-lost", `${entity} ${id} is held by somebody else or has moved on`);
  }

  static override is(error: unknown): error is LeaseLostError {
    return isBranded(error, "lease-lost");
  }

  static {
    brand(LeaseLostError, "lease-lost");
  }
}

/** One change of state: what, of which row, and what is written beside it. */
export type Transition =
  | {
      readonly entity: "occurrence";
      readonly key: { readonly tenantId: number; readonly id: number; readonly leaseEpoch?: number };
      readonly from: OccurrenceState;
      readonly to: OccurrenceState;
      readonly patch?: OccurrencePatch;
    }
  | {
      readonly entity: "batch";
      readonly key: BatchKey;
      readonly from: BatchState;
      readonly to: BatchState;
      readonly patch?: BatchPatch;
      /** Gives the lease back. */
      readonly release?: boolean;
    }
  | {
      readonly entity: "delivery";
      readonly tenantId: number;
      readonly selector: DeliverySelector;
      readonly from: DeliveryState;
      readonly to: DeliveryState;
      readonly patch?: DeliveryPatch;
    };

/**
 * The one way by which an occurrence, a batch or a set of deliveries changes state: checks the table, writes under the fence, adds the audit line.
 *
 * @returns rows changed; 0 only for deliveries
 * @throws {RecallKitError} `state.illegal-transition`: a bug
 * @throws {LeaseLostError} the fence did not hold; the surrounding transaction must roll back
 */
export async function applyTransition(tx: Stores, transition: Transition, at: number): Promise<number> {
  assertLegal(transition.entity, transition.from, transition.to);
  const count = await write(tx, transition, at);
  if (count > 0) await tx.audit.add([auditLine(transition, count, at)]);
  if (count > 0 && transition.entity === "delivery" && "batchId" in transition.selector) {
    if (ENDED_STATES.has(transition.to)) await tx.batches.noteEnded(transition.tenantId, transition.selector.batchId);
  }
  return count;
}

/** @throws {RecallKitError} `state.illegal-transition` when the table does not list it */
export function assertLegal<K extends EntityKind>(entity: K, from: EntityStates[K], to: EntityStates[K]): void {
  const table: Readonly<Record<string, readonly string[]>> = TRANSITIONS[entity];
  if (table[from]?.includes(to)) return;
  throw new RecallKitError("state.illegal-transition", `${entity}: ${from} → ${to} is not a legal transition`);
}

async function write(tx: Stores, transition: Transition, at: number): Promise<number> {
  switch (transition.entity) {
    case "occurrence": {
      const { key, from, to, patch } = transition;
      if (await tx.occurrences.transition({ ...key, from: [from] }, to, patch ?? {})) return 1;
      throw new LeaseLostError("occurrence", key.id);
    }
    case "batch": {
      const { key, from, to, patch, release } = transition;
      if (await tx.batches.transition({ ...key, from: [from] }, to, patch ?? {}, { release: release ?? false }))
        return 1;
      throw new LeaseLostError("batch", key.id);
    }
    case "delivery": {
      const { tenantId, selector, from, to, patch } = transition;
      return tx.deliveries.transition(tenantId, selector, from, to, patch ?? {}, at);
    }
  }
}

function auditLine(transition: Transition, count: number, at: number): TransitionRecord {
  const { entity, from, to } = transition;
  const reason = transition.patch?.reason ?? null;
  if (entity !== "delivery") {
    const { tenantId, id, leaseEpoch } = transition.key;
    return { tenantId, entity, entityId: id, from, to, reason, count, leaseEpoch: leaseEpoch ?? null, at };
  }
  const { selector, tenantId } = transition;
  const entityId = "batchId" in selector ? selector.batchId : selector.occurrenceId;
  return { tenantId, entity, entityId, from, to, reason, count, leaseEpoch: null, at };
}
