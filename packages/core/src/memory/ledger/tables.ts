import type { Alarm, TransitionRecord } from "../../delivery/delivery.js";
import type { IdempotencyKey, StoredAnswer } from "../../ports/idempotency-store.js";
import type { StoredMedia } from "../../ports/ledger-stores.js";
import type { Journal } from "../journal.js";
import { compositeKey, createTable, type Row } from "../table.js";

/** A request by the caller's key; a forgotten one stays as a row that nothing finds. */
export interface IdempotencyRow extends Row, IdempotencyKey {
  readonly fingerprint: string;
  readonly answer: StoredAnswer | null;
  readonly lockedUntil: number;
  readonly expiresAt: number;
  readonly isForgotten: boolean;
}

export interface ConfigRow extends Row {
  readonly key: string;
  readonly value: string;
}

/** What is kept about the work itself, and settings. */
export function ledgerTables(journal: Journal) {
  const audit = createTable<TransitionRecord & Row>(journal);
  const config = createTable<ConfigRow>(journal);
  const media = createTable<StoredMedia & Row>(journal);
  const idempotency = createTable<IdempotencyRow>(journal);
  return {
    audit,
    auditByEntity: audit.indexBy((row) => [compositeKey(row.tenantId, row.entity, row.entityId)]),
    alarms: createTable<Alarm>(journal),
    config,
    configByKey: config.indexBy((row) => [compositeKey(row.tenantId, row.key)]),
    media,
    mediaByHash: media.indexBy((row) => [compositeKey(row.tenantId, row.sha256)]),
    idempotency,
    idempotencyByKey: idempotency.indexBy((row) =>
      row.isForgotten ? [] : [compositeKey(row.tenantId, row.route, row.key)],
    ),
  };
}
