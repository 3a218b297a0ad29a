import type { Job, ScheduledJob } from "../../frame/server-module.js";
import { tenantsWithNews } from "../service-desk/service.js";
import { inboxOf } from "./inbox.js";
import { waitingAccounts } from "./kf/accounts.js";
import { syncAccount } from "./kf/sync-account.js";
import { announceOnce } from "./sessions/announce.js";
import { leaveLateToEngine, waitingSessions } from "./sessions/store.js";
import { workSession } from "./sessions/work.js";
import { inboxTables } from "./tables.js";

const TURN_MS = 2000;
const AT_ONCE = 50;
/** A request that told a message waits no longer than that. */
const WAITED_MS = 10_000;
const DAY_MS = 86_400_000;

/** Works on messages whose process could not, and tells people of their tickets. */
export const inboxJob: Job = {
  name: "wechat-inbox",
  roles: ["all", "worker"],
  everyMs: TURN_MS,
  async run(context, signal) {
    const { stores, clock } = context;
    const now = clock.now();
    for (const account of await waitingAccounts(stores, { now, limit: AT_ONCE })) {
      if (signal.aborted) return undefined;
      await syncAccount(context, account, signal);
    }
    await leaveLateToEngine(stores, now - WAITED_MS);
    for (const { tenantId, sessionId } of await waitingSessions(stores, { now, limit: AT_ONCE })) {
      if (signal.aborted) return undefined;
      await workSession(await inboxOf(context, tenantId), sessionId, signal);
    }
    for (const tenantId of await tenantsWithNews(stores, AT_ONCE)) {
      if (signal.aborted) return undefined;
      await announceOnce(await inboxOf(context, tenantId));
    }
    return undefined;
  },
};

/** Removes codes and limits that are over for a day. */
export const inboxHousekeeping: ScheduledJob = {
  name: "wechat-bind-retention",
  title: "清理绑定验证码 / clean codes of bindings up",
  schedule: { everyMs: 3_600_000 },
  async run({ stores, clock }) {
    const before = clock.now() - DAY_MS;
    const codes = await inboxTables(stores)
      .deleteFrom("rk_bind_codes")
      .where("expires_at", "<", before)
      .executeTakeFirst();
    await inboxTables(stores).deleteFrom("rk_bind_limits").where("begun_at", "<", before).execute();
    return { codes: Number(codes.numDeletedRows) };
  },
};
