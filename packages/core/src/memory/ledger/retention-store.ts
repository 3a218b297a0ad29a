import type { Message } from "../../message/message.js";
import { FINAL_MESSAGE_STATES } from "../../message/states.js";
import type { RetentionStore } from "../../ports/retention-store.js";
import type { Database } from "../tables.js";

/** {@link RetentionStore} in memory. */
export function retentionStore(db: Database): RetentionStore {
  const { revisions, audit, alarms, links, messages, messageEvents, messageEventsByMessage } = db.tables;
  return {
    purge: (kind, before, limit) =>
      db.write(() => {
        if (kind === "links") {
          const over = links.all().filter(({ expiresAt }) => expiresAt < before);
          for (const { id } of over.slice(0, limit)) links.remove(id);
          return Math.min(over.length, limit);
        }
        if (kind === "messages") {
          const isOld = (row: Message) => FINAL_MESSAGE_STATES.includes(row.state) && row.updatedAt < before;
          const old = messages.all().slice(0, limit).filter(isOld);
          for (const { id } of old) {
            for (const event of messageEventsByMessage.rows(id)) messageEvents.remove(event.id);
            messages.remove(id);
          }
          return old.length;
        }
        if (kind === "traces") {
          const old = messageEvents.all().filter(({ at, errorClass }) => at < before && errorClass === null);
          for (const { id } of old.slice(0, limit)) messageEvents.remove(id);
          return Math.min(old.length, limit);
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
