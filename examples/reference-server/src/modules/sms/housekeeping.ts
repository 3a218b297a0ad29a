import type { ScheduledJob } from "../../frame/server-module.js";
import { removeOld } from "./store.js";

const DAY_MS = 86_400_000;

/** How long each table's rows are kept, days: receipts outlive the engine's questions about them. */
const KEPT_DAYS = { rk_callbacks: 7, rk_sms_receipts: 7, rk_sms_replies: 180 } as const;

/** Removes what has outlived its time. */
export const smsHousekeeping: ScheduledJob = {
  name: "sms-retention",
  title: "清理短信回执 / clean reports of SMS up",
  schedule: { everyMs: 3_600_000 },
  async run({ stores, clock }, { signal }) {
    let removed = 0;
    for (const table of ["rk_callbacks", "rk_sms_receipts", "rk_sms_replies"] as const) {
      const before = clock.now() - KEPT_DAYS[table] * DAY_MS;
      for (let count = 1; count > 0 && !signal.aborted; removed += count) {
        count = await stores.transaction((tx) => removeOld(tx, table, before));
      }
    }
    return { sms: removed };
  },
};
