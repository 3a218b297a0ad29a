import type { ServerContext } from "../../frame/context.js";
import type { Job, ScheduledJob } from "../../frame/server-module.js";
import { deskOf, type WecomCallbackHost } from "./callback-module.js";
import { settleContacts } from "./settle-contacts.js";
import { removeOldEvents } from "./store.js";

const KEPT_MS = 7 * 86_400_000;
const TURN_MS = 5000;

/** Does what follows from events where the process that took them could not. */
export function settleJob(host: WecomCallbackHost<ServerContext>): Job {
  return {
    name: "wecom-contacts",
    roles: ["all", "worker"],
    everyMs: TURN_MS,
    async run(context, signal) {
      await settleContacts(deskOf(context, host), { signal });
      return undefined;
    },
  };
}

/** Removes events that have outlived their time. */
export const wecomHousekeeping: ScheduledJob = {
  name: "wecom-retention",
  title: "清理企业微信事件 / clean events of WeCom up",
  schedule: { everyMs: 3_600_000 },
  async run({ stores, clock }, { signal }) {
    let removed = 0;
    for (let count = 1; count > 0 && !signal.aborted; removed += count) {
      count = await stores.transaction((tx) => removeOldEvents(tx, clock.now() - KEPT_MS));
    }
    return { wecomEvents: removed };
  },
};
