import type { RetentionStore } from "../../ports/retention-store.js";
import type { Database } from "../tables.js";

/** {@link RetentionStore} in memory. */
export function retentionStore(db: Database): RetentionStore {
  const { revisions, audit, alarms, links } = db.tables;
  return {
    purge: (kind, before, limit) =>
      db.write(() => {
        if (kind === "links") {
          const over = links.all().filter(({ expiresAt }) => expiresAt < before);
          for (const { id } of over.slice(0, limit)) links.remove(id);
          return Math.min(over.length, limit);
        }
        const table = { changes: revisions, transitions: audit, alarms }[kind];
        const old = table
          .all()
          .slice(0, limit)
          .filter(({ at }) => at < before);
        for (const { id } of old) table.remove(id);
        return old.length;
      }),
  };
}
