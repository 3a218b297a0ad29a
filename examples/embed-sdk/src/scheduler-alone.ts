import { memoryStores } from "@recallkit/core/memory";
import { createScheduler, cronFirings, defineJob, upcoming } from "@recallkit/scheduler";

const atNine = cronFirings("0 9 * * MON-FRI", "Asia/Shanghai");
for (const at of upcoming(atNine, Date.parse("2026-03-06T12:00:00Z"), 2)) console.log(new Date(at).toISOString());

const report = defineJob({
  name: "daily-report",
  schedule: { cron: "0 9 * * MON-FRI", zone: "Asia/Shanghai" },
  retries: { times: 3 },
  async run({ parameter, signal }) {
    signal.throwIfAborted();
    return { day: parameter ?? "yesterday", lines: 3 };
  },
});

// In production: the stores of a kit, in as many processes as there are, and `scheduler.run({ signal })`.
const scheduler = createScheduler({ stores: memoryStores(), jobs: [report] });
await scheduler.trigger("daily-report", { parameter: "2026-03-05", requestedBy: "me" });
await scheduler.tick();
await scheduler.settled();
const { items } = await scheduler.history({ job: "daily-report" });
for (const { cause, state, attempt, result } of items) console.log(cause, state, attempt, result);
