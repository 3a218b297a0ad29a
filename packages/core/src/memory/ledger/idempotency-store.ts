import type { IdempotencyKey, IdempotencyStore } from "../../ports/idempotency-store.js";
import { compositeKey } from "../table.js";
import type { Database } from "../tables.js";
import type { IdempotencyRow } from "./tables.js";

/** {@link IdempotencyStore} in memory. A row without an owner is one that was forgotten. */
export function idempotencyStore(db: Database): IdempotencyStore {
  const { idempotency, idempotencyByKey } = db.tables;
  const find = ({ tenantId, route, key }: IdempotencyKey) => idempotencyByKey.find(compositeKey(tenantId, route, key));
  const forget = (row: IdempotencyRow) => void idempotency.replace({ ...row, isForgotten: true });

  return {
    begin: (key, { fingerprint, now, lockedUntil, expiresAt }) =>
      db.write(() => {
        const row = find(key);
        if (row && row.expiresAt > now) {
          if (row.fingerprint !== fingerprint) return { kind: "mismatch" };
          if (row.answer) return { kind: "finished", answer: row.answer };
          return row.lockedUntil > now ? { kind: "running", lockedUntil: row.lockedUntil } : { kind: "abandoned" };
        }
        if (row) forget(row);
        idempotency.insert((id) => ({
          id,
          ...key,
          fingerprint,
          answer: null,
          lockedUntil,
          expiresAt,
          isForgotten: false,
        }));
        return { kind: "started" };
      }),
    resume: (key, { now, lockedUntil }) =>
      db.write(() => {
        const row = find(key);
        if (!row || row.answer || row.lockedUntil > now) return false;
        idempotency.replace({ ...row, lockedUntil });
        return true;
      }),
    finish: (key, answer) =>
      db.write(() => {
        const row = find(key);
        if (!row || row.answer) return false;
        idempotency.replace({ ...row, answer: Object.freeze({ ...answer }) });
        return true;
      }),
    release: (key) =>
      db.write(() => {
        const row = find(key);
        if (row && !row.answer) forget(row);
      }),
    purge: (now, limit) =>
      db.write(() => {
        const over = idempotency
          .all()
          .filter((row) => !row.isForgotten && row.expiresAt <= now)
          .slice(0, limit);
        for (const row of over) forget(row);
        return over.length;
      }),
  };
}
