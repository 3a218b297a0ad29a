import { serverModule } from "../../frame/server-module.js";
import { equipmentRoutes } from "./equipment/routes.js";
import { deskJobs } from "./jobs.js";
import { serviceDeskMigrations, serviceDeskTables } from "./migrations.js";
import { deskPersonData } from "./person-data.js";
import { projectRoutes } from "./projects/routes.js";
import { reportRoutes } from "./reports/routes.js";
import { staffRoutes } from "./staff/routes.js";
import { deskTexts } from "./texts.js";
import { ticketRoutes } from "./tickets/routes.js";

/** The service desk: projects from enquiry to after-sales, tickets, and who works on them. */
export const serviceDeskModule = serverModule({
  name: "service-desk",
  migrations: serviceDeskMigrations,
  personData: deskPersonData,
  tenantTables: serviceDeskTables,
  routes: [...projectRoutes, ...ticketRoutes, ...equipmentRoutes, ...staffRoutes, ...reportRoutes],
  jobs: deskJobs,
  permissions: {
    "desk:read": {
      summary: "查看项目、工单与设备 / see projects, tickets and equipment",
      from: "customer",
      isScope: true,
    },
    "desk:work": {
      summary: "跟进项目、处理工单、登记设备 / work on projects, tickets and equipment",
      from: "staff",
      isScope: true,
    },
    "desk:write": { summary: "提交、确认与评价工单 / open, confirm and rate tickets", from: "customer", isScope: true },
    "desk:manage": { summary: "管理客服人员与设置、查看报表 / staff, settings and reports of the desk" },
  },
  texts: deskTexts,
  tags: {
    "项目 / Projects": "售前、售中、售后的项目 / projects from enquiry to after-sales",
    "工单 / Tickets": "工单的派发、处理与评价 / tickets: dispatch, work, ratings",
    "设备 / Equipment": "客户的设备与保修 / equipment of customers and its warranty",
    "客服人员 / Desk staff": "人员、技能、容量、在线状态与工作时间 / who works at the desk, and when",
    "服务报表 / Service reports": "销售、满意度与时限 / sales, satisfaction and time limits",
  },
});
