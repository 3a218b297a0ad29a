import { serverModule } from "../../frame/server-module.js";
import { callRoutes } from "./calls/routes.js";
import { metricsRoutes } from "./metrics/routes.js";
import { leadsMigrations } from "./migrations.js";
import { packageRoutes } from "./packages/routes.js";
import { leadsPersonData } from "./person-data.js";
import { leadRoutes } from "./queue/routes.js";
import { recallRoutes } from "./recall/routes.js";
import { taskRoutes } from "./tasks/routes.js";
import { leadsTexts } from "./texts.js";
import { leadVariables } from "./variables.js";

const numbered = (name: string) => ({ name, key: ["id"], isNumbered: true });

/** Lead packages, and the calls that they are worked through with. */
export const leadsModule = serverModule({
  name: "leads",
  migrations: leadsMigrations,
  tenantTables: [
    numbered("rk_lead_packages"),
    numbered("rk_dial_tasks"),
    numbered("rk_calls"),
    numbered("rk_call_tags"),
    numbered("rk_package_tag_summary"),
    { name: "rk_call_hours", key: ["package_id", "local_day", "local_hour"] },
    { name: "rk_call_weekdays", key: ["package_id", "weekday", "local_hour"] },
    { name: "rk_agent_hours", key: ["agent", "local_day", "local_hour"] },
    numbered("rk_metrics_summary"),
    numbered("rk_leads"),
    numbered("rk_dials"),
  ],
  personData: leadsPersonData,
  routes: [...packageRoutes, ...taskRoutes, ...callRoutes, ...leadRoutes, ...metricsRoutes, ...recallRoutes],
  permissions: {
    "leads:read": {
      summary: "查看数据包、任务、通话与指标 / see packages, tasks, calls and metrics",
      from: "staff",
      isScope: true,
    },
    "leads:write": {
      summary: "管理数据包、任务与通话 / manage packages, tasks and calls",
      from: "staff",
      isScope: true,
    },
  },
  commands: () => import("./commands/index.js"),
  figures: () => import("./kept-figures.js"),
  config: leadVariables,
  texts: leadsTexts,
  tags: {
    "线索数据包 / Lead packages": "买来的线索数据包 / bought lists of leads",
    "外呼任务 / Dial tasks": "对数据包的外呼任务 / working through a package by phone",
    "通话 / Calls": "通话记录与标签 / calls and their tags",
    "线索 / Leads": "数据包里的人与领取 / the people in packages, and handing them out",
    "外呼指标 / Call metrics": "仪表盘、趋势与统计 / dashboard, trends and statistics",
  },
});
