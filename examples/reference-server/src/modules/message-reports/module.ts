import { type ScheduledJob, serverModule } from "../../frame/server-module.js";
import { sendDailyReport } from "./daily-report.js";

const reportJob: ScheduledJob = {
  name: "message-report",
  title: "发送消息日报 / send the daily report of messages",
  schedule: { cron: "0 8 * * *" },
  run: (context) => sendDailyReport(context),
};

/** What the messages of a day came to, told in the morning. */
export const messageReportsModule = serverModule({
  name: "message-reports",
  jobs: [reportJob],
});
