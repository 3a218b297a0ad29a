import type { Alarm, NewAlarm } from "../../delivery/delivery.js";
import type { AlarmStore, AuditStore, ConfigStore, MediaStore } from "../../ports/ledger-stores.js";
import { pageOfRows, take } from "../selection.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database } from "../tables.js";

/** {@link AuditStore} in memory. */
export function auditStore(db: Database): AuditStore {
  const { audit, auditByEntity } = db.tables;
  return {
    add: (records) =>
      db.write(() => {
        for (const record of records) audit.insert((id) => ({ ...record, id }));
      }),
    list: (tenantId, entity, entityId, limit) =>
      db.read(() =>
        auditByEntity
          .rows(compositeKey(tenantId, entity, entityId))
          .slice(0, limit)
          .map(({ id, ...record }) => record),
      ),
  };
}

/** {@link AlarmStore} in memory. */
export function alarmStore(db: Database): AlarmStore {
  const { alarms } = db.tables;
  const insert = (alarm: NewAlarm) =>
    alarms.insert((id) => ({ addresses: [], acknowledgedBy: null, acknowledgedAt: null, ...alarm, id }));
  return {
    add: (alarm) => db.write(() => void insert(alarm)),
    addOnce: (alarm) =>
      db.write(() => {
        const { tenantId, code, entity, entityId } = alarm;
        const isSame = (row: Alarm) =>
          row.tenantId === tenantId && row.code === code && row.entity === entity && row.entityId === entityId;
        if (alarms.all().some(isSame)) return false;
        insert(alarm);
        return true;
      }),
    after: (alarmId, limit) => db.read(() => take(alarms.all(), limit, ({ id }) => id > alarmId)),
    lastId: () => db.read(() => alarms.all().at(-1)?.id ?? 0),
    list: (tenantId, page) => db.read(() => pageOfRows(alarms.all(), page, (row) => row.tenantId === tenantId)),
    acknowledge: (tenantId, alarmId, { by, at }) =>
      db.write(() => {
        const row = ofTenant(alarms.get(alarmId), tenantId);
        if (!row || row.acknowledgedBy !== null) return row;
        return alarms.replace({ ...row, acknowledgedBy: by, acknowledgedAt: at });
      }),
    forgetAddresses: (tenantId, addresses) =>
      db.write(() => {
        for (const row of alarms.all()) {
          const left = row.addresses.filter((address) => !addresses.includes(address));
          if (row.tenantId === tenantId && left.length < row.addresses.length)
            alarms.replace({ ...row, addresses: left });
        }
      }),
  };
}

/** {@link ConfigStore} in memory. */
export function configStore(db: Database): ConfigStore {
  const { config, configByKey } = db.tables;
  return {
    get: (tenantId, key) => db.read(() => configByKey.find(compositeKey(tenantId, key))?.value),
    putIfAbsent: (tenantId, key, value) =>
      db.write(() => {
        const row = configByKey.find(compositeKey(tenantId, key));
        return (row ?? config.insert((id) => ({ id, tenantId, key, value }))).value;
      }),
    put: (tenantId, key, value) =>
      db.write(() => {
        const row = configByKey.find(compositeKey(tenantId, key));
        if (row) config.replace({ ...row, value });
        else config.insert((id) => ({ id, tenantId, key, value }));
      }),
  };
}

/** {@link MediaStore} in memory; bytes are copied on the way in and out. */
export function mediaStore(db: Database): MediaStore {
  const { media, mediaByHash } = db.tables;
  return {
    put: (tenantId, { sha256, contentType, bytes }) =>
      db.write(() => {
        if (mediaByHash.find(compositeKey(tenantId, sha256))) return;
        media.insert((id) => ({ id, tenantId, sha256, contentType, bytes: new Uint8Array(bytes) }));
      }),
    get: (tenantId, sha256) =>
      db.read(() => {
        const row = mediaByHash.find(compositeKey(tenantId, sha256));
        return row && { sha256, contentType: row.contentType, bytes: new Uint8Array(row.bytes) };
      }),
  };
}
